"""Nothing goes in silence: no skip, no tool that is not there, no check whose failure is overlooked."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools import ROOT, TOOLS, locate

SAMPLE = """\
import pytest

from tests.tools import missing


@pytest.mark.parametrize("number", [1, 2])
def test_asks_for_a_tool(number):
    missing("anvil", "get it from the smith")


def test_is_skipped():
    pytest.skip("no wind")


@pytest.mark.xfail(strict=True)
def test_is_known_to_fail():
    raise AssertionError
"""


def run_sample(folder: Path, require: str, sample: str = SAMPLE) -> tuple[int, list[str]]:
    shutil.copy(ROOT / "tests/conftest.py", folder)
    (folder / "test_sample.py").write_text(sample)
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", folder, folder)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TWIPC_REQUIRE": require}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("require", ["", "hammer"])
def test_what_was_skipped_is_named(tmp_path: Path, require: str) -> None:
    code, said = run_sample(tmp_path, require)
    assert code == 0
    assert "NOT RUN: anvil missing: 2 tests (get it from the smith)" in said
    assert "NOT RUN: no wind: 1 test" in said


def test_a_tool_that_is_required_fails_its_tests(tmp_path: Path) -> None:
    code, said = run_sample(tmp_path, "hammer,anvil")
    assert code == 1
    assert "2 failed, 1 skipped, 1 xfailed" in said[-1]


def test_where_all_is_required_any_skip_fails(tmp_path: Path) -> None:
    code, said = run_sample(tmp_path, "all")
    assert code == 1
    assert "3 failed, 1 xfailed" in said[-1]


def test_where_all_is_required_a_module_left_out_fails(tmp_path: Path) -> None:
    sample = 'import pytest\n\npytest.importorskip("nonesuch")\n'
    assert run_sample(tmp_path, "", sample)[0] == 5
    code, said = run_sample(tmp_path, "all", sample)
    assert code == 2
    assert "1 error" in said[-1]


@pytest.mark.parametrize(
    ("name", "answer", "serves"),
    [
        ("docker", "echo 26.1.0", True),
        ("docker", "echo 20.10.24", False),
        ("docker", "echo no such command", False),
        ("docker", "echo 26.1.0 lacks this; exit 1", False),
        ("docker-compose-1", "echo 1.29.2", True),
        ("docker-compose-1", "echo 2.26.1-4", False),
        ("nginx", "echo nginx version: nginx/1.27.3 >&2", True),
        ("nginx", "echo nginx version: nginx/1.22.1 >&2", False),
        ("haproxy", "echo HAProxy version 3.10.0-1", True),
        ("haproxy", "echo HAProxy version 3.0.11-1", False),
        ("haproxy-2.8", "echo HAProxy version 2.8.25-1", True),
        ("haproxy-2.8", "echo HAProxy version 3.2.26-1", False),
    ],
)
def test_a_tool_on_path_serves_only_within_its_versions(
    name: str, answer: str, serves: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = replace(TOOLS[name], ours=lambda: None)
    stand_in(tmp_path / wanted.on_path, answer)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert locate(wanted) == (tmp_path / wanted.on_path if serves else None)


def stand_in(file: Path, *lines: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(("#!/bin/sh", *lines, "")))
    file.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One that is set up, and whose checks all pass; the checks themselves are stand-ins."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    shutil.copy2(ROOT / "test", tmp_path)
    lock = "requirements-dev.lock"
    (tmp_path / lock).write_text("a==1\n")
    stand_in(tmp_path / ".venv/bin/python", 'echo "python $*"')
    set_up = (tmp_path / ".ci/setup.py").read_text()
    (tmp_path / f".venv/{lock}.stamp").write_text(f"{tmp_path}\n{set_up}a==1\n")
    for name in ("ruff", "mypy", "lint-imports"):
        stand_in(tmp_path / ".venv/bin" / name)
    stand_in(tmp_path / "tests/tools/install", "echo installed")
    pytest_says(tmp_path, "== 5 passed in 1.23s ==", 0)
    return tmp_path


def pytest_says(checkout: Path, closing: str, code: int) -> None:
    begun = """printf '<%s>' pytest "$TWIPC_REQUIRE" "$@"; echo"""
    stand_in(checkout / ".venv/bin/pytest", begun, "echo 'NOT RUN: a'", f"echo '{closing}'", f"exit {code}")


def check(checkout: Path, *arguments: str, command: str = "test") -> tuple[int, list[str]]:
    closed = 'exec "$0" "$@" <&-'
    done = subprocess.run(
        ["sh", "-c", closed, checkout / command, *arguments],
        cwd="/",
        env={**os.environ, "TWIPC_REQUIRE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_the_summary_tells_what_ran_and_what_did_not(checkout: Path) -> None:
    code, said = check(checkout)
    assert code == 0
    assert said[-3:] == [
        "ran: ruff check, ruff format, mypy, import contracts, pytest",
        "NOT RUN: a",
        "9 passed, 0 failed",
    ]


@pytest.mark.parametrize("name", ["ruff", "mypy", "lint-imports"])
def test_a_failed_check_fails_all_but_stops_nothing(checkout: Path, name: str) -> None:
    stand_in(checkout / ".venv/bin" / name, "exit 1")
    code, said = check(checkout)
    failed = 2 if name == "ruff" else 1
    assert code == 1
    assert said[-3].count("(FAILED)") == failed
    assert said[-3].endswith("pytest")
    assert said[-1] == f"{9 - failed} passed, {failed} failed"


@pytest.mark.parametrize(
    ("closing", "code", "last"),
    [
        ("= 2 failed, 5 passed, 3 skipped, 1 error in 1.23s =", 1, "9 passed, 3 failed, 3 skipped"),
        (
            "\033[31m= \033[1m2 failed\033[0m, \033[32m5 passed\033[0m in 99.99s (0:01:39) =",
            1,
            "9 passed, 2 failed",
        ),
        ("= no tests ran in 0.01s =", 5, "4 passed, 1 failed"),
        ("Killed", 137, "4 passed, 1 failed"),
    ],
)
def test_pytest_is_counted(checkout: Path, closing: str, code: int, last: str) -> None:
    pytest_says(checkout, closing, code)
    ended, said = check(checkout)
    assert ended == 1
    assert said[-3].endswith("pytest (FAILED)")
    assert said[-1] == last


def test_arguments_go_to_pytest_alone(checkout: Path) -> None:
    assert check(checkout, "-k", "a b")[1][:2] == ["installed", "<pytest><><-k><a b>"]


def test_update_derives_and_does_nothing_else(checkout: Path) -> None:
    assert check(checkout, "--update") == (0, ["python -m tests.derive"])


def test_a_build_machine_requires_all(checkout: Path) -> None:
    code, said = check(checkout, command=".ci/run")
    assert code == 0
    assert any(line.startswith("<pytest><all>") for line in said)
