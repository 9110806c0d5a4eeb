"""The limits of nginx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Path
from twipc.limit import Limit
from twipc.model import Model
from twipc.spec.limits import DURATION, NAME, RETRIES
from twipc.target import Held, Measured, OutOfReach
from twipc.target.codes import ENGINE_LIMIT
from twipc.target.limits import Table

from .write import parameters


def _parameters(model: Model, _options: Any) -> Iterator[Measured]:
    """As they are written: in quotes, with a backslash before some characters, and `${dollar}` for each `$`.

    Of all that one place of the spec is written as, the longest.
    """
    longest: dict[Path, int] = {}
    for name, http in model.servers:
        for path, word in parameters(http) if http.engine.name == "nginx" else ():
            here: Path = ("services", name, "http", *path)
            longest[here] = max(longest.get(here, 0), len(word.encode()))
    for here, size in longest.items():
        yield Measured(here, size, "written for nginx, it", key=False)


LIMITS: Table = (
    Held(
        limit=Limit(
            what="a parameter in nginx's configuration",
            unit="bytes",
            most=4095,
            source='measured on nginx 1.31: "too long parameter" beyond (tests/conformance/test_limits.py)',
        ),
        code=ENGINE_LIMIT,
        measure=_parameters,
        help="shorten it; a `$` is written as ${dollar}, and a dot in a path as three characters",
    ),
    OutOfReach(
        limit=Limit(
            what="the key of a map in nginx, without map_hash_bucket_size",
            unit="characters",
            most=46,
            source="measured on nginx 1.31, with lines of cache of 64 bytes",
        ),
        reach=NAME.most,
        why="a backend's name; hosts stand in regular expressions, which no hash holds (nor server_names_hash_bucket_size)",
    ),
    OutOfReach(
        limit=Limit(what="a time of nginx", unit="ms", most=(1 << 63) - 1, source="measured on nginx 1.31, 64 bits"),
        reach=2 * DURATION.most * (RETRIES.most + 1),
        why="all tries of a request together",
    ),
)
