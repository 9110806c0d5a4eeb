"""Files that are none, names that command a terminal, an environment that lacks what most have: a line, and an exit code."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import WEB, command, environ, execute, project, run, spec
from twipc.cli import VERBS

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]")
NAMING = spec("prod") + "# twipc: ignore[TW415] its service comes later\n"
"""It ignores nothing, which makes a run look for specs that extend it."""
KINDS = ["fifo", "endless", "loop", "dangling", "folder", "huge"]


def make(path: Path, kind: str) -> None:
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge":
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        path.symlink_to({"endless": "/dev/zero", "loop": path.name, "dangling": "nowhere"}[kind])


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_beside_a_spec_does_not_hold_up(tmp_path: Path, kind: str) -> None:
    """A comment that ignores nothing makes a run read all specs: also those that are no files."""
    project(tmp_path, prod=NAMING)
    make(tmp_path / "specs/zz.yaml", kind)
    for verb in ("lint", "compile", "verify"):
        ran = run(verb, "prod", "--format", "json", at=tmp_path)
        assert ran.code == 0
        assert "TW110" in ran.codes
    ran = run("lint", at=tmp_path)
    assert ran.code == 1
    assert "specs/zz.yaml" in ran.out
    ran = run("lint", "zz", at=tmp_path)
    assert ran.code == (1 if kind == "huge" else 2)
    assert "specs/zz.yaml" in ran.out + ran.err


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["page", "config"])
def test_files_that_are_none(tmp_path: Path, kind: str, what: str) -> None:
    body = WEB + "    configs: {/etc/app: app/file}\n"
    if what == "page":
        body = (
            'services:\n  edge:\n    http:\n      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n'
            "      default: {status: 404}\n      error_pages: [{status: [404], page: app/file}]\n"
        )
    project(tmp_path, prod=spec("prod", body))
    (tmp_path / "app").mkdir()
    make(tmp_path / "app/file", kind)
    ran = run("lint", "--format", "json", at=tmp_path)
    assert ran.code == 1
    said = ran.findings[0]["message"]
    assert said.startswith("`app/file` has over " if kind == "huge" else "there is no file `app/file`")


@pytest.mark.timeout(60)
def test_an_artifact_that_grew_is_not_read_to_its_end(tmp_path: Path) -> None:
    project(tmp_path)
    assert run("compile", at=tmp_path).code == 0
    artifact = tmp_path / "out/prod/compose/docker-compose.yml"
    os.truncate(artifact, 1 << 40)
    for arguments, code in ((["compile", "--check"], "TW704"), (["compile"], "TW704"), (["verify"], "TW602")):
        ran = run(*arguments, "--format", "concise", at=tmp_path)
        assert ran.code == 1
        assert code in ran.out
    assert run("compile", "--force", at=tmp_path).code == 0
    assert artifact.stat().st_size < 10_000
    assert artifact.with_name("docker-compose.yml.orig").stat().st_size == 1 << 40


NASTY = ("\x1b]0;owned\x07\x1b[31m", "a\nerror: b", "\u202egnp.exe", "\udcff", "\x9b31m", "", "x" * 5000, "%s", "{0}", "`id`")


@pytest.mark.parametrize("verb", VERBS)
def test_no_word_of_the_command_line_commands_a_terminal(verb: str, tmp_path: Path) -> None:
    project(tmp_path)
    for nasty in NASTY:
        for arguments in (
            [nasty],
            [f"--{nasty}x"],
            ["--format", nasty],
            ["--target", nasty],
            ["--color", nasty],
            ["-o", nasty],
        ):
            ran = run(verb, *arguments, at=tmp_path)
            assert ran.code == 2, (verb, arguments, ran)
            assert not CONTROLS.search(ran.out + ran.err)
            assert "Traceback" not in ran.err
            assert not re.search(r"^error: b", ran.err, re.MULTILINE)
    for nasty in NASTY:
        ran = run(nasty, at=tmp_path)
        assert ran.code == 2
        assert not CONTROLS.search(ran.err)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_folder_to_write_to_of_any_name(nasty: str, tmp_path: Path) -> None:
    root = project(tmp_path)
    ran = run("compile", "--out", nasty, at=root)
    assert ran.code == (4 if len(nasty) > 255 else 0)
    assert not CONTROLS.search(ran.out + ran.err)
    assert "Traceback" not in ran.err


def test_a_name_is_the_same_file_in_any_locale(tmp_path: Path) -> None:
    """A path of the spec is UTF-8 on the disk, also where the locale has no such letters."""
    body = WEB + "    configs: {/etc/app: app/mäßig.txt}\n"
    project(tmp_path, prod=spec("prod", body), bäse="twipc: 1\n")
    (tmp_path / "specs/prod.yaml").write_text(spec("prod", body) + "extends: bäse.yaml\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/mäßig.txt").write_text("é\n")
    outputs = set()
    for language in ("C.UTF-8", "C", "POSIX"):
        env = {"LC_ALL": language, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        ran = execute("compile", "prod", "-o", "-", at=tmp_path, env=env)
        assert ran.code == 0, ran
        outputs.add(ran.out)
        (tmp_path / "specs/prod.yaml").write_text(spec("prod", body + "    größe: 1\n"))
        ran = execute("lint", "prod", at=tmp_path, env=env)
        assert ran.code == 1
        assert "größe" in ran.out or "gr\\xf6\\xdfe" in ran.out
        (tmp_path / "specs/prod.yaml").write_text(spec("prod", body) + "extends: bäse.yaml\n")
    assert len(outputs) == 1


@pytest.mark.parametrize("env", [{"COLUMNS": "1"}, {"COLUMNS": "wide", "LINES": "-1"}, {"HOME": ""}, {"HOME": "not/there"},
                                 {"TERM": "\x1b"}, {"FORCE_COLOR": "x" * 1000}, {"_TWIPC_COMPLETE": "nothing"},
                                 {"_TWIPC_COMPLETE": "bash_complete"},
                                 {"_TWIPC_COMPLETE": "bash_complete", "COMP_WORDS": 'twipc "', "COMP_CWORD": "x"}])  # fmt: skip
def test_an_environment_of_nonsense(env: dict[str, str], tmp_path: Path) -> None:
    project(tmp_path)
    for arguments in (["compile"], ["lint", "--help"]):
        ran = execute(*arguments, at=tmp_path, env=env)
        assert ran.code in ((1, 2) if "_TWIPC_COMPLETE" in env else (0,))
        assert "Traceback" not in ran.err


AS_SOMEBODY = """
import os, sys
from twipc.cli import main
try:
    main(["compile", "--check", "--format", "json"])  # imports everything while that is allowed
except SystemExit:
    pass
os.environ.pop("HOME", None)
os.setgroups([]), os.setgid(54321), os.setuid(54321)
main()
"""


@pytest.fixture
def open_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def as_somebody(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY, *arguments], cwd=at, env=environ(), capture_output=True, text=True, check=False
    )


def test_a_user_whom_nobody_knows(open_path: Path) -> None:
    """As in a container that is run with a number for a user: there is no home."""
    if os.geteuid() != 0:
        pytest.skip("a user without a name (needs root, who may become one)")
    ran = as_somebody("compile", at=project(open_path))
    assert ran.returncode == 0, ran.stderr
    assert (open_path / "out/prod/compose/docker-compose.yml").exists()


def test_files_without_read_permission(open_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("files of another user (needs root, who may become one)")
    project(open_path)
    for name, code in (("base", 4), ("prod", 2)):
        (open_path / f"specs/{name}.yaml").chmod(0)
        ran = as_somebody("compile", "prod", at=open_path)
        assert ran.returncode == code
        assert f"specs/{name}.yaml: Permission denied" in ran.stderr
        assert "bug" not in ran.stderr
    (open_path / "specs").chmod(0)
    ran = as_somebody("compile", at=open_path)
    assert ran.returncode in (2, 4)
    assert "bug" not in ran.stderr
    (open_path / "specs").chmod(0o755)


def test_too_few_files_may_be_open(tmp_path: Path) -> None:
    project(tmp_path)
    for most in (3, 7, 10, 11, 13):
        line = f"ulimit -n {most}; exec {sys.executable} -m twipc compile"
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, env=environ())
        # With fewer, not even Python or the shell begins.
        assert done.returncode in ((0,) if most > 10 else (0, 1, 2, 3, 4, 126, 127, -6)), (most, done)
        assert "bug in twipc" not in done.stderr
    assert run("compile", "--check", at=tmp_path).code == 0


PRELUDE = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
sign, moment = signal.Signals[sys.argv[1]], sys.argv[2]
def fire(frame, event, _argument):
    if event == "call" and frame.f_code.co_filename.endswith(moment):
        sys.setprofile(None)
        for _ in range(3):
            os.kill(os.getpid(), sign)
sys.setprofile(fire)
from twipc.__main__ import main
sys.argv = ["twipc", "compile"]
main()
"""
MOMENTS = ["click/core.py", "twipc/cli/session.py", "twipc/driver.py", "twipc/output/write.py", "twipc/cli/placing.py"]


@pytest.mark.parametrize("sign", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_interrupted_at_any_stage_and_more_than_once(sign: str, moment: str, tmp_path: Path) -> None:
    """While it starts, the signal itself ends it; later it says so, and no second one cuts off what puts things right."""
    project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE, sign, moment], cwd=tmp_path, env=environ(), capture_output=True, text=True, check=False
    )
    early = moment.startswith("click")
    assert done.returncode == (-signal.Signals[sign] if early else 130), done.stderr
    assert done.stderr == ("" if early else "twipc: interrupted\n")
    assert not list(tmp_path.rglob("*.tmp"))
    assert run("compile", at=tmp_path).code == 0
    assert run("compile", "--check", at=tmp_path).code == 0


def test_interrupts_that_are_ignored_stay_so(tmp_path: Path) -> None:
    """A shell starts what runs in the background so: a ctrl-C is not for it."""
    project(tmp_path)
    line = f"trap '' INT; {sys.executable} -c 'import os, signal; os.kill(os.getpid(), signal.SIGINT)'"
    line += f"; {' '.join(command('lint'))} & sleep 0.2; kill -INT $!; wait $!"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environ(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", ["compile", "compile --diff", "verify", "targets --support", "explain TW401"])
def test_streams_that_take_nothing(arguments: str, tmp_path: Path) -> None:
    project(tmp_path)
    for redirected, codes in ((">/dev/full 2>&1", (4,)), (">&- 2>&- <&-", (0, 1)), ("2>&1 | true", (0, 1, 141))):
        line = f'{sys.executable} -m twipc {arguments} {redirected}; exit "${{PIPESTATUS[0]}}"'
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, env=environ())
        assert done.returncode in codes, (redirected, done)
        assert not re.search("Traceback|Exception|bug", done.stderr)


def test_a_folder_of_specs_that_is_read_only(open_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("a folder of another user (needs root, who may become one)")
    project(open_path)
    (open_path / "specs").chmod(0o555)
    assert as_somebody("compile", at=open_path).returncode == 0
