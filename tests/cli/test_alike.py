"""A run with many findings that are alike: told once to people, with every place, and one by one to tools."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli import command, environ, project, run, spec

SERVICES = 300
ODD = "  odd:\n    image: shop/odd:1\n    command: [sleep 5]\n"
BODY = "services:\n" + "".join(
    f"  s{number}:\n    image: shop/s:1\n    health: {{command: [check]}}\n{ODD if number == 200 else ''}"
    for number in range(SERVICES)
)
WHERE = [f"specs/prod.yaml:{number}:5" for number, line in enumerate(spec("prod", BODY).splitlines(), 1) if "health" in line]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path, prod=spec("prod", BODY))


def test_what_is_odd_is_seen_among_what_is_alike(root: Path) -> None:
    ran = run("compile", at=root)
    alike, odd = ran.out.split("\n\n")
    head, line, mark, *places = alike.split("\n")
    assert head == f"{WHERE[0]}: note[COMPOSE102]: Docker alone restarts nothing that fails its liveness check [on compose]"
    assert (line, mark) == ("    8 │     health: {command: [check]}", "      │     ━━━━━━")
    said = " ".join(place.strip() for place in places)
    assert said == f"and 299 more: {WHERE[1]}, " + ", ".join(place.removeprefix("specs/prod.yaml:") for place in WHERE[2:])
    assert "warning[TW" in odd
    assert "sleep 5" in odd
    assert (ran.code, ran.err) == (0, "out/prod/compose: 1 written\n1 warning, 300 notes\n")


def test_tools_are_told_each(root: Path) -> None:
    forms = {name: run("lint", "--format", name, at=root).out for name in ("concise", "json", "sarif", "github")}
    assert [line.split(": ")[0] for line in forms["concise"].splitlines() if "COMPOSE102" in line] == WHERE
    assert forms["json"].count('"code": "COMPOSE102"') == SERVICES
    assert forms["sarif"].count('"ruleId": "COMPOSE102"') == SERVICES
    assert forms["github"].count("title=COMPOSE102::") == SERVICES


def test_errors_are_told_each_and_fail(root: Path) -> None:
    project(root, prod=spec("prod", BODY.replace("health: {", "health: {x: 1, ")))
    ran = run("compile", at=root)
    assert (ran.code, ran.err) == (1, f"{SERVICES} errors, 1 warning\n")
    assert ran.out.count(": error[TW") == ran.out.count("{x: 1, command: [check]}") == SERVICES


def _on_terminal(root: Path, *arguments: str, width: int) -> str:
    """What a run prints to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    with subprocess.Popen(command(*arguments), cwd=root, stdout=theirs, stderr=subprocess.DEVNULL, env=environ()) as started:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # how the end is told
            while more := os.read(ours, 65536):
                said += more
    os.close(ours)
    assert started.returncode == 0
    return said.decode()


def test_a_terminal_is_filled_and_said_again_as_it_is_now(root: Path) -> None:
    """A stamp replays what stood in a terminal of that width alone."""
    for width in (0, 60, 150):
        first = _on_terminal(root, "compile", width=width)
        assert _on_terminal(root, "compile", width=width) == first
        widest = max(len(line) for line in first.splitlines() if line.startswith("    ") and "│" not in line)
        assert (width or 80) - len(" 1000:5,") < widest <= (width or 80)
