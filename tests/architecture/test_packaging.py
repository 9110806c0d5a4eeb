"""One twipc, four ways to have it: from the checkout, by twip.sh, as an editable install and as a wheel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tools import ROOT, program
from twipc import __version__

# The environments are made once, so one worker runs all of this.
pytestmark = pytest.mark.xdist_group("packaging")

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WAYS = ("checkout", "editable", "wheel")


def uv(*arguments: str | Path) -> None:
    subprocess.run([program("uv"), "--quiet", *arguments], check=True, cwd=ROOT)


def environment(folder: Path, lock: str) -> Path:
    uv("venv", "--no-project", "--python", sys.executable, folder)
    uv("pip", "install", "--python", folder / "bin/python", "--require-hashes", "-r", ROOT / lock)
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="session")
def twipc(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Mapping[str, tuple[str | Path, ...]]:
    """Each way's command."""
    folder = tmp_path_factory.mktemp("environments")
    installed = environment(folder / "wheel", "requirements.lock")
    uv("pip", "install", "--python", installed, "--no-deps", "--no-index", wheel)
    # What builds the editable install stands in the development lock.
    editable = environment(folder / "editable", "requirements-dev.lock")
    uv("pip", "install", "--python", editable, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    return {
        "checkout": (sys.executable, "-m", "twipc"),
        "editable": (editable.with_name("twipc"),),
        "wheel": (installed.with_name("twipc"),),
    }


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project, far from the checkout."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("specs", "app"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def run(command: tuple[str | Path, ...], *arguments: str, project: Path) -> str:
    # The checkout reaches `python -m twipc` by this alone; the other ways must not see it.
    path = str(ROOT) if command[0] == sys.executable else ""
    done = subprocess.run(
        [*command, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("way", ["checkout", "editable", "wheel"])
def test_the_version_is_the_same_everywhere(twipc: Mapping[str, tuple[str | Path, ...]], way: str, project: Path) -> None:
    assert run(twipc[way], "--version", project=project) == f"twipc {__version__}\n"


@pytest.mark.parametrize("way", WAYS)
def test_every_way_has_every_target(twipc: Mapping[str, tuple[str | Path, ...]], way: str, project: Path) -> None:
    listed = run(twipc[way], "targets", project=project)
    assert listed == run(twipc["checkout"], "targets", project=project)
    assert len(listed.splitlines()) == len(list((ROOT / "targets").glob("*/__init__.py")))


@pytest.mark.parametrize("way", WAYS)
def test_every_way_writes_the_same_bytes(
    twipc: Mapping[str, tuple[str | Path, ...]], way: str, project: Path, tmp_path: Path
) -> None:
    run(twipc[way], "compile", "--out", str(tmp_path / "out"), project=project)
    assert contents(tmp_path / "out") == contents(ROOT / "out")


def contents(folder: Path) -> dict[Path, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != ".twipc.lock"]
    return {file.relative_to(folder): file.read_bytes() for file in files}


def test_the_wheel_holds_the_package_and_the_targets_whole(wheel: Path) -> None:
    inside = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    package = sources(ROOT / "twipc", "twipc") | sources(ROOT / "targets", "twipc/targets")
    assert {name for name in inside if not name.parts[0].endswith(".dist-info")} == package


def sources(folder: Path, becomes: str) -> set[Path]:
    files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return {becomes / file for file in files if "__pycache__" not in file.parts}


PINS = {name: (ROOT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock")}
PIN = re.compile(r"^([\w.-]+)==(\S+)(.*)", re.MULTILINE)


@pytest.mark.parametrize("lock", PINS)
def test_a_lock_pins_everything_by_hash_and_names_no_index(lock: str) -> None:
    lines = [line for line in PINS[lock].splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"\S+==\S+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines)
    assert "://" not in PINS[lock]


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", PYPROJECT["project"]["dependencies"]),
        (
            "requirements-dev.lock",
            PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"],
        ),
    ],
)
def test_a_lock_holds_what_pyproject_asks_for(lock: str, asked: list[str]) -> None:
    pinned = {canonicalize_name(name): version for name, version, _ in PIN.findall(PINS[lock])}
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_the_locks_agree() -> None:
    """So ./test installs on top of what twip.sh uses, and changes nothing of it."""
    assert set(PIN.findall(PINS["requirements.lock"])) <= set(PIN.findall(PINS["requirements-dev.lock"]))
