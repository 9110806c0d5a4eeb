"""A run that nothing has changed for is known again by its stamp; anything that a run stood on makes it anew."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.cli import BASE, PROD, ROOT, Ran, environ, execute, project, run, spec
from twipc import stamp
from twipc.stamp import stamp_of

SECRET = "secrets: {pw: {file: .secrets/pw}}\n"
BODY = PROD.replace("  web: {}\n", "  web: {secrets: [{secret: pw}], configs: {/etc/app.conf: app/app.conf}}\n", 1) + SECRET
TARGETS = ("compose", "nginx")
LIGHT = {"twipc", "twipc.stamp", "twipc.__main__", "_blake2"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose runs `compile` and `compile --check` have left their stamps."""
    project(tmp_path, base=BASE, prod=BODY)
    for file, text in (("app/app.conf", "port 1\n"), (".secrets/pw", "s3cret\n")):
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text(text)
    for arguments in (["compile"], ["compile", "--check"]):
        assert run(*arguments, at=tmp_path, stamped=True).code == 0
    return tmp_path


def again(root: Path, *arguments: str) -> Ran | None:
    """What the stamp of a run prints; None where the run is made anew."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with chdir(root), redirect_stdout(out), redirect_stderr(err):
        found = stamp_of(list(arguments) or ["compile", "--check"])
        if not found or not found.replay():
            return None
    return Ran(0, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def stamps(root: Path) -> list[Path]:
    return sorted((root / ".twipc/cache").glob("[!.]*"))


def test_the_same_is_printed_and_nothing_heavy_imported(root: Path) -> None:
    for arguments in (["compile"], ["compile", "--check"], ["compile", "--check", "prod", "--format=json"]):
        first = run(*arguments, at=root, stamped=True)
        command = [sys.executable, "-X", "importtime", "-m", "twipc", *arguments]
        second = subprocess.run(command, cwd=root, env=environ(), capture_output=True, text=True, check=True)
        lines = second.stderr.splitlines()
        imported = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
        said = [line for line in lines if not line.startswith("import time:")]
        assert (second.stdout, said) == (first.out, first.err.splitlines())
        assert not imported & {"click", "re", "json", "typing", "pathlib", "hashlib", "twipc.cli", "pydantic"}
        assert {name for name in imported if name.startswith("twipc")} <= LIGHT


def test_what_was_written_is_not_written_again(tmp_path: Path) -> None:
    project(tmp_path)
    assert "2 written" in run("compile", at=tmp_path, stamped=True).err
    found = again(tmp_path, "compile")
    assert found
    assert found.err == run("compile", at=tmp_path).err == "".join(f"out/prod/{name}: nothing to write\n" for name in TARGETS)


CHANGES: dict[str, Callable[[Path], object]] = {
    "the spec": lambda root: (root / "specs/prod.yaml").write_text(BODY + "# other\n"),
    "a fragment": lambda root: (root / "specs/base.yaml").write_text(BASE + "# other\n"),
    "a spec more": lambda root: (root / "specs/train.yaml").write_text(spec("train")),
    "a spec less": lambda root: (root / "specs/base.yaml").unlink(),
    "a lock": lambda root: (root / "specs/prod.lock").write_text("twipc: 1\n"),
    "a configuration file": lambda root: (root / "app/app.conf").write_text("port 2\n"),
    "no configuration file": lambda root: (root / "app/app.conf").unlink(),
    "a configuration file outside": lambda root: _outside(root, "app"),
    "a configuration file that is the secret now": lambda root: _same(root, ".secrets/pw", "app/app.conf"),
    "a secret that is the configuration file now": lambda root: _same(root, "app/app.conf", ".secrets/pw"),
    "an artifact": lambda root: (root / "out/prod/nginx/edge/nginx.conf").write_text("edited"),
    "no artifact": lambda root: (root / "out/prod/nginx/edge/nginx.conf").unlink(),
    "an artifact's mode": lambda root: (root / "out/prod/nginx/edge/nginx.conf").chmod(0o600),
    "a link in an artifact's place": lambda root: _linked(root / "out/prod/nginx/edge/nginx.conf"),
    "no manifest": lambda root: (root / "out/prod/nginx/.twipc-manifest.json").unlink(),
    "a stranger": lambda root: (root / "out/prod/compose/.env").write_text("A=1\n"),
    "a folder of an environment that is gone": lambda root: shutil.copytree(root / "out/prod", root / "out/old"),
    "a link in the place of out/": lambda root: _linked(root / "out"),
    "a link in the place of specs/": lambda root: _linked(root / "specs"),
    "a damaged stamp": lambda root: [file.write_bytes(file.read_bytes()[:-7]) for file in stamps(root)],
    "no stamp": lambda root: shutil.rmtree(root / ".twipc"),
}


def _linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _same(root: Path, place: str, link: str) -> None:
    """The configuration's content lies at `place`, and `link` leads there."""
    content = (root / "app/app.conf").read_text()
    (root / link).unlink()
    (root / place).write_text(content)
    (root / link).symlink_to(root / place)


def _outside(root: Path, folder: str) -> None:
    (root / folder).rename(root.parent / f"{root.name}-outside")
    (root / folder).symlink_to(f"../{root.name}-outside")


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_anything_makes_the_run_anew(root: Path, what: str) -> None:
    assert again(root)
    CHANGES[what](root)
    assert again(root) is None


def test_every_file_that_a_run_opens_is_in_its_stamp(root: Path) -> None:
    """Asked of Python itself, which tells each file that is opened and each folder that is listed.

    What is not in `out/` is told by its names, which the stamp holds all.
    """
    hook = (
        "import sys\n"
        "opened = set()\n"
        "sys.addaudithook(lambda name, of: name in ('open', 'os.scandir', 'os.listdir') and opened.add(str(of[0])))\n"
        "from twipc.cli import main\n"
        "try:\n    main(['compile', '--check'])\nfinally:\n    print(*opened, sep='\\n', file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", hook], cwd=root, env=environ(), capture_output=True, text=True, check=True)
    opened = {Path(os.path.relpath(line, root)) for line in ran.stderr.splitlines() if line.startswith(str(root))}
    known = {Path(os.fsdecode(part)) for file in stamps(root) for part in file.read_bytes().split(b"\0")}
    folders = {path for path in opened if (root / path).is_dir()}
    files = {path for path in opened - folders if path.parts[0] != "out" or (root / path).exists()}
    assert {Path("specs/prod.yaml"), Path("app/app.conf"), Path("out/prod/nginx/.twipc-manifest.json")} <= files <= known
    assert {path.parts[:1] for path in folders} == {(), ("specs",), ("out",)}


def test_the_file_of_a_secret_is_not_opened(root: Path) -> None:
    opened = []
    sys.addaudithook(lambda name, of: opened.append(str(of[0])) if name == "open" else None)
    assert again(root)
    assert any("specs/prod.yaml" in file for file in opened)
    assert not any(".secrets" in file for file in opened)
    assert not any(b"s3cret" in file.read_bytes() for file in stamps(root))


def test_each_surrounding_has_a_stamp_of_its_own(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert again(root / "specs") is None
    assert again(root, "compile", "--check", "--strict") is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert again(root) is None


def test_another_twipc_makes_the_run_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copied = tmp_path / "checkout"
    for folder in ("twipc", "targets"):
        shutil.copytree(ROOT / folder, copied / folder)
    monkeypatch.setattr(stamp, "_TARGETS", str(copied / "targets"))
    monkeypatch.setattr(stamp, "_PACKAGE", str(copied / "twipc"))
    codes = [stamp._code()]
    for change in ("twipc/driver.py", "targets/nginx/lower.py", "twipc/new.py"):
        with (copied / change).open("a") as file:
            file.write("\n")
        codes.append(stamp._code())
    monkeypatch.setattr(stamp, "_TARGETS", str(tmp_path / "none"))
    codes.append(stamp._code())
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site-packages")])
    (tmp_path / "site-packages/offered-1.0.dist-info").mkdir(parents=True)
    codes.append(stamp._code())
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["compile", "-o", "-"], 0),
        (["compile", "--diff"], 1),
        (["compile", "--force"], 0),
        (["compile", "--out", "elsewhere"], 0),
        (["compile", "-"], 0),
        (["lint"], 0),
        (["compile", "--nonsense"], 2),
        (["compile", "--strict"], 1),
    ],
)
def test_runs_without_a_stamp(tmp_path: Path, arguments: list[str], code: int) -> None:
    project(tmp_path, prod=spec("prod") + "networks: {spare: {}}\n")
    (tmp_path / "elsewhere").mkdir()
    assert run(*arguments, at=tmp_path, stdin=spec("prod").encode(), stamped=True).code == code
    assert not stamps(tmp_path)


def test_a_spec_elsewhere_has_no_stamp(root: Path) -> None:
    """With a folder `specs/` beside it, it would be another project's."""
    before = stamps(root)
    (root / "env").mkdir()
    (root / "env/prod.yaml").write_text(PROD.replace("extends: base.yaml", "extends: ../specs/base.yaml"))
    assert run("compile", "env/prod.yaml", at=root, stamped=True).code == 0
    assert stamps(root) == before


def test_errors_are_found_again_each_time(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", "services: {web: {}}\n"))
    assert run("compile", at=tmp_path, stamped=True).code == 1
    assert not stamps(tmp_path)


def test_two_projects_have_no_stamp(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = project(tmp_path_factory.mktemp("other"))
    before = stamps(root)
    assert run("compile", "prod", str(other / "specs/prod.yaml"), at=root, stamped=True).code == 0
    assert stamps(root) == before
    assert not stamps(other)


def test_a_file_that_changes_during_the_run_is_not_stamped_as_read(root: Path) -> None:
    with chdir(root):
        found = stamp_of(["compile", "--check"])
        assert found
        found.keep({"specs/prod.yaml": b"as it was read"}, (), [(False, "fine\n")], wrote=False)
    assert again(root) is None
    with chdir(root):
        found = stamp_of(["compile", "--check"])
        assert found
        (root / "specs/late.yaml").write_text(spec("late"))
        found.keep({}, (), [(False, "fine\n")], wrote=False)
    assert again(root) is None


def test_a_stamp_that_is_cut_off_or_altered_anywhere_is_none(root: Path) -> None:
    for file in stamps(root)[1:]:
        file.unlink()
    (file,) = stamps(root)
    whole = file.read_bytes()
    (arguments,) = [one for one in (["compile"], ["compile", "--check"]) if again(root, *one)]
    for end in range(0, len(whole), 11):
        for damaged in (whole[:end], whole[:end] + b"#" + whole[end + 1 :]):
            file.write_bytes(damaged)
            assert again(root, *arguments) is None


def test_where_nobody_may_write_all_goes_on_without(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / ".twipc").write_text("a file of somebody else")
    assert run("compile", at=tmp_path, stamped=True).code == 0
    assert (tmp_path / ".twipc").read_text() == "a file of somebody else"


@pytest.mark.parametrize(
    ("redirected", "codes"),
    [(">/dev/full", {4}), (">&-", {0}), ("2>&-", {0}), (">&- 2>&-", {0}), ("| true; exit ${PIPESTATUS[0]}", {0, 141})],
)
def test_streams_that_are_closed_or_full(root: Path, redirected: str, codes: set[int]) -> None:
    shell = f"{sys.executable} -m twipc compile --check {redirected}"
    done = subprocess.run(["bash", "-c", shell], cwd=root, env=environ(), capture_output=True, text=True, check=False)
    assert done.returncode in codes
    assert "Traceback" not in done.stderr
    assert ("fresh" in done.stderr) == ("2>" not in redirected)


def test_only_so_many_are_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamp, "_MOST", 3)
    with chdir(root):
        for count in range(9):
            found = stamp_of(["compile", f"--target={count}"])
            assert found
            found.keep({}, (), [], wrote=False)
    assert len(stamps(root)) == 3
    assert (root / ".twipc/cache/.gitignore").read_text().endswith("\n*\n")


def test_many_runs_at_once(root: Path) -> None:
    shutil.rmtree(root / ".twipc")
    ran: list[Ran] = []
    threads = [threading.Thread(target=lambda: ran.append(execute("compile", "--check", at=root))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(one.code, one.out, one.err) for one in ran} == {(0, ran[0].out, ran[0].err)}
    assert len(ran) == 4
    assert again(root)
