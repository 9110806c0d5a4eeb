"""The limits of haproxy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.limit import Limit
from twipc.model import Model
from twipc.spec.limits import DURATION
from twipc.target import Held, Measured, OutOfReach
from twipc.target.codes import ENGINE_LIMIT
from twipc.target.limits import Table

WORDS_HERE = 32
"""The most words of a line that is written here; a test counts them."""


def _pages(model: Model, _options: Any) -> Iterator[Measured]:
    for name, http in model.servers:
        for index, page in enumerate(http.error_pages if http.engine.name == "haproxy" else ()):
            size = len(model.pages[page.page].encode())
            yield Measured(("services", name, "http", "error_pages", index, "page"), size, f"`{page.page}`", key=False)


LIMITS: Table = (
    Held(
        limit=Limit(
            what="an error page of haproxy",
            unit="bytes",
            most=15_360,
            source="measured on haproxy 2.8 and 3.2: a buffer of 16 KiB, of which 1 KiB is for headers (tune.maxrewrite)",
        ),
        code=ENGINE_LIMIT,
        measure=_pages,
        help="shorten it, or let nginx serve",
    ),
    OutOfReach(
        limit=Limit(
            what="the words of a line in haproxy's configuration",
            most=64,
            source='measured on haproxy 3.2: "too many words" beyond (tests/conformance/test_limits.py)',
        ),
        reach=WORDS_HERE,
        why="hosts, paths and methods have a line each",
    ),
    OutOfReach(
        limit=Limit(
            what="a timer of haproxy",
            unit="ms",
            most=2_147_483_647,
            source='measured on haproxy 3.2: "timer overflow" beyond (tests/conformance/test_limits.py)',
        ),
        reach=DURATION.most,
        why="every time is one that the spec says, or shorter",
    ),
)
