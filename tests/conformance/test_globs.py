"""No path is long enough to hold an engine up by a glob: who takes it is found at once, and is whom the automata say."""

from __future__ import annotations

import ctypes
import re
from itertools import product

import pytest

from tests.conformance.edge import PORT, TOOLS, serve
from tests.conformance.live import Backend, Request
from twipc.formats.paths import pattern as written
from twipc.routes import pattern
from twipc.routes.automaton import Automaton

GLOBS = (
    "*a*a",
    "x*y*x",
    "*x*y*z*",
    "*a*a*a*a*a*a*a*b",
    "*/*a*b/*",
    "**a**b",
    "**/a/**/b/**/c",
    "**a*b",
    "**a*b**c*d",
    "**/a*b/a*b/**/c*d/c",
    "*a*b**a*b**a*b",
    "**/*/*/*/*/*/*/*/*/*a",
    "**a*a/*a*a/*a*a**b*b.html",
)
LENGTH = 8_000
EXTENDED = 1
TRIES = 3
SECONDS = 0.1
"""Of the best of some tries, on a machine that does other things: alone it is 2 ms. `/a/[^/]*x[^/]*y` takes nginx 300 ms."""


def nasty(glob: str) -> list[str]:
    """Long paths that nearly match in many ways, and one that does."""
    words = re.findall(r"[^*/]+", glob)
    rows = [*words, "".join(words), *(f"{word}/" for word in words), f"{''.join(words)}/", "/".join(words) + "/"]
    long = [(row * LENGTH)[: LENGTH - LENGTH % len(row)] for row in rows]
    times = LENGTH // 8 // glob.count("*")
    matching = [glob.replace("**", f"{fill}/" * times).replace("*", fill * times) for fill in ("q", words[0])]
    return [re.sub("/+", "/", one) for one in ("".join(both) for both in product(long, ("", "!", words[-1])))] + matching


@pytest.mark.timeout(180)
@pytest.mark.parametrize("tool", TOOLS)
def test_no_path_holds_an_engine_up(tool: str) -> None:
    globs = [f"/{number}/{glob}" for number, glob in enumerate(GLOBS)]
    asked = [
        (glob, re.sub("/+", "/", f"/{number}/{path}")) for number, glob in enumerate(globs) for path in nasty(GLOBS[number])
    ]
    http = {"routes": [{"match": {"glob": glob}, "backend": "app"} for glob in globs], "error_pages": []}
    report = serve(
        http,
        *(Request(path, port=PORT, connection=f"kept {at // 500}") for at, (_, path) in enumerate(asked * TRIES)),
        tool=tool,
        backends=(Backend("web", ("10.0.1.1",), PORT),),
        settled=False,
    )
    assert report.exit_code is None, report.stderr
    automata = {glob: Automaton((pattern.path("glob", glob),)) for glob in globs}
    for at, (glob, path) in enumerate(asked):
        answers = report.answers[at :: len(asked)]
        matches = automata[glob].taker(automata[glob].walk(path.encode())) is not None
        assert {one.status or one.error for one in answers} == {200 if matches else 404}, (glob, path[:80])
        assert min(one.seconds for one in answers) < SECONDS, (glob, path[:80])


@pytest.mark.parametrize("glob", [glob for glob in GLOBS if glob.count("*") > 1])
def test_an_engine_without_pcre_refuses_to_start(glob: str) -> None:
    """haproxy can be built with the expressions of its C library, which have no such groups: glibc has it say so."""
    posix = ctypes.CDLL(None)
    room = ctypes.create_string_buffer(1024)
    assert posix.regcomp(room, b"^/[^/]*a$", EXTENDED) == 0
    assert posix.regcomp(room, written("glob", f"/{glob}").encode(), EXTENDED) != 0
