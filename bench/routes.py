"""Asks real engines who takes random requests by random routes: `python -m bench.routes [--write] [--count N] [--seed N]`.

Each table of routes (paths, hosts, methods) is compiled for one engine, which then runs before four members. The automaton of
the model and the one of the artifact say who should answer each request, and the engine says who does.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.compiling import compiled_text
from tests.conformance.edge import PORT, TOOLS, serve, spec
from tests.conformance.live import Answer, Backend, Request, Step, Wait
from twipc.formats.reading import routing_of
from twipc.routes import meant
from twipc.routes.follow import taken
from twipc.routes.request import Refused, asked
from twipc.routes.table import Site, Table

PAGE = Path(__file__).with_name("ROUTES.md")
NAMES = ("one", "two", "three", "four")
MEMBERS = tuple(Backend(name, (f"10.0.3.{index}",), PORT) for index, name in enumerate(NAMES, 1))
PIECES = ("a", "b", "A", "ab", "images", "x.png", "é", ";v=1", "-", "a..", "+", "~", "$", "'", "(")
STARS = ("*", "**", "*.png", "a*", "**b")
HOSTS = ("one.example", "two.example", "*.one.example", "*.example")
ASKED_HOSTS = ("one.example", "x.one.example", "two.example", "three.example", "elsewhere")
METHODS = ("GET", "POST", "PUT", "DELETE")
PER_TABLE = 1500
_PAGE = """\
# Who takes a request: automata against engines

`python -m bench.routes --count {count} --seed {seed}`, {day}: {tables} random tables of up to 30 routes (prefix, exact and glob
paths, hosts, methods), random requests near them, encoded in several ways, on kept connections over loopback. The automaton of
the model, the one read from the artifact, and the engine were asked who answers.

| engine | requests |
|---|---|
{rows}

{all} requests, {wrong} answered otherwise than the automata say.
"""


@dataclass(frozen=True)
class Asked:
    """A request as it is sent."""

    method: str
    host: str
    path: str


def path(dice: random.Random, *, wild: bool = False) -> str:
    pieces = (*PIECES, *STARS) if wild else PIECES
    parts = ["".join(dice.choices(pieces, k=dice.choice((1, 1, 2)))) for _ in range(dice.randint(0, 3))]
    found = "/" + "/".join(part for part in parts if part.strip("*") or wild)
    # Three stars in a row are no glob.
    return re.sub(r"\*{3,}", "**", found) + ("/" if len(found) > 1 and dice.random() < 0.3 and not wild else "")


def route(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(("prefix", "prefix", "exact", "glob"))
    match: dict[str, Any] = {kind: sorted({path(dice, wild=kind == "glob") for _ in range(dice.randint(1, 2))})}
    if dice.random() < 0.3:
        match["host"] = sorted(dice.sample(HOSTS, dice.randint(1, 2)))
    if dice.random() < 0.3:
        match["method"] = sorted(dice.sample(METHODS, dice.randint(1, 3)))
    return {"match": match, "backend": dice.choice(NAMES)}


def request(dice: random.Random, routes: list[dict[str, Any]]) -> Asked:
    """Mostly near a route, encoded in some way."""
    chosen = dice.choice(routes)["match"]
    known = [one for kind in ("prefix", "exact", "glob") for one in chosen.get(kind, ())]
    text = dice.choice(known).replace("**", dice.choice(("b", "x/y", ""))).replace("*", dice.choice(("b", "x", "")))
    match dice.randint(0, 7):
        case 0:
            text = path(dice)
        case 1:
            text += dice.choice(PIECES)
        case 2:
            text = f"{text.rstrip('/')}/{dice.choice(PIECES)}"
        case 3:
            text = text[:-1] or "/"
        case 4:
            text = text.swapcase()
        case 5:
            text = text.replace("/", "//")
    encoded = "".join(f"%{ord(one):02x}" if one.isascii() and one not in "/%" and dice.random() < 0.1 else one for one in text)
    return Asked(dice.choice(METHODS), dice.choice(ASKED_HOSTS), quote(encoded, safe="/%!$&'()*+,;=:@~-._"))


def judged(routes: list[dict[str, Any]], tool: str, requests: list[Asked]) -> tuple[list[str], list[str]]:
    """Who should answer by the automata, and who does."""
    http = {
        "backends": {name: {"members": [f"{name}.http"]} for name in NAMES},
        "routes": [*({"match": {"exact": f"/up/{name}/of/all"}, "backend": name} for name in NAMES), *routes],
        "default": {"status": 404},
        "error_pages": [],
    }
    services: dict[str, Any] = {name: {"image": "twip/web:1.0.0", "ports": {"http": PORT}} for name in NAMES}
    outcome = compiled_text(spec(http, tool=tool, **services), stem="edge")
    assert outcome.model, [one.message for one in outcome.findings]
    means = site(meant.server(outcome.model, "edge"))
    says = [
        site(routing_of(name, text))
        for one in outcome.compiled
        for name, text in one.bundle.texts.items()
        if name.endswith((".cfg", ".conf"))
    ]
    wanted = [_wanted(means, one) for one in requests]
    for each in says:
        assert [_wanted(each, one) for one in requests] == wanted
    up: list[Step] = [Wait(Request(f"/up/{name}/of/all", port=PORT)) for name in NAMES]
    # nginx ends a connection after a thousand requests.
    asks = [
        Request(one.path, one.method, PORT, one.host, connection=f"kept {at // 500}", body="" if one.method == "GET" else "x")
        for at, one in enumerate(requests)
    ]
    report = serve(http, *up, *asks, tool=tool, backends=MEMBERS, settled=False, **services)
    assert report.exit_code is None, report.stderr
    return wanted, [_answered(one) for one in report.answers]


def site(table: Table) -> Site:
    return Site("edge", {"edge": table})


def _wanted(of: Site, one: Asked) -> str:
    case, normal = asked(one.method, f"http://{one.host}{one.path}")
    assert not isinstance(normal, Refused), one
    return str(taken(of, case, normal)).removeprefix("backend ")


def _answered(answer: Answer) -> str:
    return (answer.answered_by or "").partition("@")[0] or f"status {answer.status}"


def tried(count: int, seed: int, tools: tuple[str, ...] = TOOLS) -> tuple[Counter[str], int, list[str]]:
    """How many requests each engine was asked, by how many tables, and each that it answered otherwise."""
    dice = random.Random(seed)
    asked_of: Counter[str] = Counter()
    tables = 0
    wrong: list[str] = []
    while asked_of.total() < count:
        routes = [route(dice) for _ in range(dice.randint(1, 30))]
        # What is refused whatever the routes say closes the connection, and is tests/conformance/test_routes.py's business.
        requests = [one for _ in range(PER_TABLE) if not _refused(one := request(dice, routes))]
        for tool in tools:
            wanted, got = judged(routes, tool, requests)
            asked_of[tool] += len(requests)
            wrong += [
                f"{tool}: {one} is answered by {real}, and the automata say {said}"
                for one, said, real in zip(requests, wanted, got, strict=True)
                if said != real
            ]
        tables += 1
    return asked_of, tables, wrong


def _refused(one: Asked) -> bool:
    return isinstance(asked(one.method, one.path)[1], Refused)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    given = arguments.parse_args()
    asked_of, tables, wrong = tried(given.count, given.seed)
    page = _PAGE.format(
        count=given.count,
        seed=given.seed,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        tables=tables,
        rows="\n".join(f"| {tool} | {number:,} |" for tool, number in sorted(asked_of.items())),
        all=f"{asked_of.total():,}",
        wrong=len(wrong),
    )
    print("\n".join([page, *wrong[:20]]))
    if given.write:
        PAGE.write_text(page)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
