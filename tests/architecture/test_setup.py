"""twip.sh on machines of all kinds: what it sets up, what it hands over, and what it says when it cannot."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tools import ROOT, program

# In place of twipc: it tells what was handed over to it.
STUB = """\
import json
import sys


def main() -> int:
    piped = sys.stdin.read() if "-" in sys.argv else None
    print(json.dumps({"arguments": sys.argv[1:], "piped": piped}))
    return 7
"""
REAL_PYTHON = getattr(sys, "_base_executable", sys.executable)
CLOSED = "http://127.0.0.1:9/simple"
UNREACHABLE = {
    **{"PIP_INDEX_URL": CLOSED, "PIP_RETRIES": "1", "PIP_NO_CACHE_DIR": "1", "PIP_FIND_LINKS": ""},
    **{"UV_DEFAULT_INDEX": CLOSED, "UV_HTTP_RETRIES": "0", "UV_NO_CACHE": "1"},
}


class Machine:
    """A checkout at a path with a space, and a PATH that holds what this machine is said to have."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "a ch€ckout"
        self.bin = folder / "bin"
        self.checkout.mkdir(parents=True)
        self.bin.mkdir()
        shutil.copytree(ROOT / ".ci", self.checkout / ".ci")
        for name in ("twip.sh", "requirements.lock", "requirements-dev.lock"):
            shutil.copy2(ROOT / name, self.checkout)
        self.write("twipc/__init__.py", "")
        self.write("twipc/__main__.py", STUB)
        for path in ("twipc/cli/up.py", "twipc/cli/test.py", "specs/train.yaml", "specs/test.yaml"):
            self.write(path, "")
        for name in ("sh", "cat", "cmp", "dirname", "readlink"):
            (self.bin / name).symlink_to(program(name))

    def write(self, path: str, text: str) -> None:
        file = self.checkout / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def has(self, name: str, *lines: str) -> "Machine":
        (self.bin / name).write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
        (self.bin / name).chmod(0o755)
        return self

    def has_python(self) -> "Machine":
        return self.has("python3", f'exec {shlex.quote(REAL_PYTHON)} "$@"')

    def has_uv(self) -> "Machine":
        return self.has("uv", f'exec {shlex.quote(str(program("uv")))} "$@"')

    def start(
        self,
        *arguments: str,
        under: tuple[str, ...] = (),
        started_as: Path | None = None,
        more: Mapping[str, str] | None = None,
        **options: Any,
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*under, str(started_as or self.checkout / "twip.sh"), *arguments],
            **{"cwd": self.checkout, "stdin": subprocess.DEVNULL, "text": True, **options},
            env={**os.environ, "PATH": str(self.bin), **(more or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def twip(self, *arguments: str, piped: str | None = None, **options: Any) -> "Done":
        if piped is not None:
            options["stdin"] = subprocess.PIPE
        return Done(self.start(*arguments, **options), piped)


class Done:
    def __init__(self, process: subprocess.Popen[str], piped: str | None = None) -> None:
        self.out, self.err = process.communicate(piped)
        self.code = process.returncode

    @property
    def handed_over(self) -> Any:
        assert self.code == 7, self.err
        return json.loads(self.out)["arguments"]

    @property
    def complaint(self) -> str:
        """The line of a set-up that failed; before it there is at most the one that says what was begun."""
        assert (self.code, self.out) == (3, ""), self.err
        *begun, line = self.err.splitlines()
        assert all("setting up" in earlier for earlier in begun)
        assert len(begun) <= 1
        assert line.startswith("twip.sh: ")
        return line


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One that has used twip.sh before. It is shared, so tests leave it as it is."""
    machine = Machine(tmp_path_factory.mktemp("ready")).has_python().has_uv()
    assert machine.twip().code == 7
    return machine


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_the_first_use_sets_up_says_so_and_hands_over(machine: Machine, installer: str) -> None:
    machine.has_python()
    if installer == "uv":
        machine.has_uv()
    done = machine.twip("lint", "--strict")
    assert done.handed_over == ["lint", "--strict"]
    begun, ended = done.err.splitlines()
    assert f"setting up {machine.checkout}/.venv from requirements.lock with {installer} and Python 3." in begun
    assert "ready after" in ended

    imports = "import click, crossplane, jinja2, msgspec, pydantic, ruamel.yaml, _ruamel_yaml, yaml12"
    subprocess.run([machine.checkout / ".venv/bin/python", "-c", imports], check=True)


def test_later_uses_need_neither_network_nor_installer_and_say_nothing(ready: Machine, tmp_path: Path) -> None:
    bare = Machine(tmp_path).bin
    under = (str(program("unshare")), "--map-root-user", "--net")
    done = ready.twip("targets", under=under, more={"PATH": str(bare)})
    assert done.handed_over == ["targets"]
    assert done.err == ""


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (["train", "up", "--wait"], ["up", "train", "--wait"]),
        (["up", "train"], ["up", "train"]),
        (["train", "upp"], ["train", "upp"]),
        (["trian", "up"], ["up", "trian"]),  # so twipc says which environments there are
        (["up", "up"], ["up", "up"]),
        (["test", "up"], ["up", "test"]),  # an environment of that name, though it is a verb too
        (["up", "test"], ["up", "test"]),
        (["--help", "up"], ["--help", "up"]),
        (["a b", "", "*"], ["a b", "", "*"]),
        ([], []),
    ],
)
def test_the_word_order_of_the_original_is_understood(ready: Machine, said: list[str], meant: list[str]) -> None:
    assert ready.twip(*said).handed_over == meant


def test_it_works_from_anywhere_and_through_links(ready: Machine, tmp_path: Path) -> None:
    (tmp_path / "first").symlink_to(ready.checkout / "twip.sh")
    (tmp_path / "second").symlink_to("first")
    assert ready.twip("x", started_as=tmp_path / "second", cwd=tmp_path).handed_over == ["x"]


def test_a_relative_path_is_not_looked_up_elsewhere(ready: Machine, tmp_path: Path) -> None:
    elsewhere = tmp_path / ready.checkout.name
    elsewhere.mkdir()
    relative = Path(ready.checkout.name, "twip.sh")
    done = ready.twip("x", started_as=relative, cwd=ready.checkout.parent, more={"CDPATH": str(tmp_path)})
    assert done.handed_over == ["x"]


def test_standard_input_reaches_twipc(ready: Machine) -> None:
    done = ready.twip("compile", "-", piped="twipc: 1\n")
    assert json.loads(done.out)["piped"] == "twipc: 1\n"


def test_standard_input_reaches_twipc_on_the_first_use(machine: Machine) -> None:
    done = machine.has_python().has_uv().twip("compile", "-", piped="twipc: 1\n")
    assert json.loads(done.out)["piped"] == "twipc: 1\n"


def test_of_first_uses_at_once_one_sets_up_and_the_others_wait(machine: Machine) -> None:
    machine.has_python().has_uv()
    done = [Done(process) for process in [machine.start(name) for name in ("a", "b", "c")]]
    assert [each.handed_over for each in done] == [["a"], ["b"], ["c"]]
    assert sum(each.err.count("setting up") for each in done) == 1


def test_a_set_up_that_was_cut_off_is_done_again(machine: Machine, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    hangs = f"case $1 in pip) echo >{begun}; exec {program('sleep')} 60 ;; esac"
    first = machine.has_python().has("uv", hangs, f'exec {program("uv")} "$@"').start(start_new_session=True)
    wait_for(begun.is_file)
    os.killpg(first.pid, signal.SIGKILL)
    assert Done(first).code == -signal.SIGKILL

    again = machine.has_uv().twip("x")
    assert again.handed_over == ["x"]
    assert "setting up" in again.err


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it never came")


def test_a_changed_lock_is_followed(machine: Machine) -> None:
    machine.has_python().has_uv().twip()
    lock = machine.checkout / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")
    assert "setting up" in machine.twip("x").err
    assert machine.twip("x").err == ""


@pytest.mark.parametrize("where", ["{venv}:{bin}", "{bin}:{venv}", "{venv}:{venv}:{bin}"])
def test_one_that_is_activated_is_made_anew_all_the_same(machine: Machine, where: str) -> None:
    machine.has_python().has_uv().twip()
    venv = machine.checkout / ".venv/bin"
    (machine.bin / "uv").rename(venv / "uv")
    lock = machine.checkout / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")
    done = machine.twip("x", more={"PATH": where.format(venv=venv, bin=machine.bin)})
    assert done.handed_over == ["x"]
    assert "with pip and Python 3." in done.err


def test_a_checkout_that_was_moved_sets_up_anew(machine: Machine) -> None:
    machine.has_python().has_uv().twip()
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    done = machine.twip("x")
    assert done.handed_over == ["x"]
    assert f"setting up {machine.checkout}/.venv" in done.err


def test_what_the_tests_need_comes_on_top_and_lasts(machine: Machine) -> None:
    machine.has_python().has_uv().twip()
    (machine.checkout / ".venv/still-here").touch()
    set_up = ("sh", "-c", "root=$PWD me=test; . .ci/setup.sh; set_up requirements-dev.lock", "sh")
    assert "from requirements-dev.lock" in machine.twip(under=set_up).err
    assert (machine.checkout / ".venv/bin/pytest").is_file()
    assert (machine.checkout / ".venv/still-here").is_file()
    assert machine.twip(under=set_up).err == ""
    assert machine.twip("x").err == ""


def test_no_python_that_is_new_enough(machine: Machine) -> None:
    machine.has("python3.11", "exit 127").has("python3", "echo 3.9.18").has("python", "echo 2.7.18")
    said = "no Python 3.11 or newer on PATH (found: 3.9.18 2.7.18); install one, then run this again"
    assert machine.twip().complaint == f"twip.sh: {said}"


def test_no_python_at_all(machine: Machine) -> None:
    assert "(found: none)" in machine.twip().complaint


def test_a_newer_python_is_taken_wherever_it_is(machine: Machine) -> None:
    machine.has("python3", "echo 3.9.18").has("python3.11", f'exec {shlex.quote(REAL_PYTHON)} "$@"')
    assert machine.has_uv().twip("x").handed_over == ["x"]


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_no_network(machine: Machine, installer: str) -> None:
    machine.has_python()
    if installer == "uv":
        machine.has_uv()
    log = machine.checkout / ".venv/setup.log"
    said = f"installing packages (is the package index in reach?) failed, see {log}"
    assert machine.twip(more=UNREACHABLE).complaint == f"twip.sh: {said}"
    assert "connect" in log.read_text().lower()
    assert machine.twip("x").handed_over == ["x"]


def test_no_write_permission(machine: Machine) -> None:
    machine.has_python()
    under: tuple[str, ...] = ()
    if os.geteuid():
        machine.checkout.chmod(0o555)
    else:  # whom modes do not bind
        read_only = 'mount --bind -o ro . . && cd "$PWD" && exec "$@"'
        under = (
            str(program("unshare")),
            "--mount",
            str(program("sh")),
            "-c",
            f"PATH={os.environ['PATH']}; {read_only}",
            "sh",
        )
    said = f"no write permission in {machine.checkout}, where .venv is set up on first use"
    assert machine.twip(under=under).complaint == f"twip.sh: {said}"


def test_no_venv_module(machine: Machine, tmp_path: Path) -> None:
    # As on Debian without python3-venv.
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    machine.has("python3", f'PYTHONPATH={tmp_path} exec {shlex.quote(REAL_PYTHON)} "$@"')
    complaint = machine.twip().complaint
    assert "comes without the venv module" in complaint
    assert "python3-venv" in complaint
