"""How long it takes to compare route tables, and how that grows: `python -m bench.growth [--write] [--sizes N,N]`.

Tables of routes as teams write them (prefixes, exact paths, globs, some hosts and methods) are compared with themselves but for
a few routes: spec against spec, the nginx made of one against the haproxy made of it, and files as people write them by hand.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.speed.field import exponent
from twipc.cli import GARBAGE
from twipc.diagnostics import Report
from twipc.driver import load
from twipc.formats.reading import routing_of
from twipc.formats.writing import server_files
from twipc.model import Model
from twipc.project import Project
from twipc.routes import meant
from twipc.routes.compare import differences
from twipc.routes.follow import forget
from twipc.routes.table import Site, Table
from twipc.target import DOCKER

PAGE = Path(__file__).with_name("GROWTH.md")
SIZES = (100, 300, 1000, 3000)
CHANGED = 4
"""Routes of the second table that lead elsewhere."""
NAMES = ("one", "two", "three", "four")
ROUNDS = 3
_PAGE = """\
# How long two route tables take

`python -m bench.growth --write`, {day}: processor seconds, the best of {rounds}, on {processors} processors shared
with other work (load average {load:.1f}), garbage looked for as seldom as by the command.
Tables are compared with themselves but for {changed} routes; every difference is
found, each with its shortest request. Growth is the exponent of a power of the number of routes, fitted to the row: 1 is
proportional.

| compared | {sizes} | growth |
|---|{dashes}---|
{rows}

- spec and spec: what two specs mean, from their models on.
- nginx and haproxy: the configurations that are made of one spec and of another, read and compared.
- by hand: nginx with plain prefixes, haproxy with `path_beg`, read and compared. They read paths differently, so that paths are
  followed as they come over the wire, encoded in every way.
- by name: nginx with as many servers, each with a name of its own.
"""


def path(number: int) -> str:
    return f"/team-{number % 37}/service-{number}"


def route(number: int, to: str) -> dict[str, Any]:
    """One in three is exact, one in three a glob; one in ten asks for a host, and another for a method."""
    kind, end = (("prefix", "/"), ("exact", ""), ("glob", "/*.png"))[number % 3]
    match: dict[str, Any] = {kind: f"{path(number)}{end}"}
    if number % 10 == 3:
        match["host"] = f"team-{number % 7}.example"
    if number % 10 == 7:
        match["method"] = ["GET", "HEAD"]
    return {"match": match, "backend": to}


def leads(count: int, changed: int) -> list[str]:
    """Where each route leads; `changed` of them, spread over all, elsewhere."""
    others = {count * part // (changed + 1) for part in range(1, changed + 1)}
    return [NAMES[(number + (number in others)) % len(NAMES)] for number in range(count)]


def model(count: int, engine: str, changed: int = 0) -> Model:
    http = {
        "engine": {"name": engine, "version": "3.2" if engine == "haproxy" else "1.30"},
        "listen": 8080,
        "backends": {name: {"members": [f"{name}.http"]} for name in NAMES},
        "routes": [route(number, to) for number, to in enumerate(leads(count, changed))],
        "default": {"status": 404},
    }
    webs = {name: {"image": f"twip/{name}:1.0.0", "ports": {"http": 8080}} for name in NAMES}
    document = {
        "twipc": 1,
        "project": "growth",
        "environment": "edge",
        "targets": {engine: {}},
        "services": {"edge": {"http": http}, **webs},
    }
    return load(Project(Path("/nonexistent")), "specs/edge.yaml", json.dumps(document).encode(), "edge", Report())


def artifact(count: int, engine: str, changed: int = 0) -> tuple[str, str]:
    """Name and text of the configuration that is made of such a spec."""
    files = server_files(model(count, engine, changed), "edge", DOCKER)
    return next(
        (Path(file.container_path).name, file.artifact.text)
        for file in files
        if file.container_path.endswith((".conf", ".cfg"))
    )


def by_hand(count: int, changed: int, engine: str) -> tuple[str, str]:
    """The plain prefixes of such a table in a file without a host or method."""
    routes = list(enumerate(leads(count, changed)))
    if engine == "nginx":
        lines = [f"location {path(number)}/x {{ proxy_pass http://{to}; }}" for number, to in routes]
        return "nginx.conf", "\n".join(["server {", "listen 80;", *lines, "location / { return 404; }", "}", ""])
    lines = [f"    use_backend {to} if {{ path_beg {path(number)}/x }}" for number, to in routes]
    lines += [line for name in NAMES for line in (f"backend {name}", f"    server s {name}:80")]
    return "haproxy.cfg", "\n".join(["frontend in", "    bind :80", DENIED, *lines, ""])


def by_name(count: int, changed: int) -> tuple[str, str]:
    """One nginx with a server for each name, with routes of its own."""
    servers = [
        f"server {{ listen 80; server_name shop-{number}.example; location /{number % 37} {{ return 404; }}"
        f" location / {{ proxy_pass http://{to}; }} }}"
        for number, to in enumerate(leads(count, changed))
    ]
    return "nginx.conf", "\n".join([*servers, "server { listen 80 default_server; return 404; }", ""])


def site(table: Table) -> Site:
    return Site("edge", {"edge": table})


def _specs(count: int) -> Callable[[], int]:
    one, other = model(count, "nginx"), model(count, "nginx", CHANGED)
    return lambda: len(differences(site(meant.server(one, "edge")), site(meant.server(other, "edge"))))


def _files(one: tuple[str, str], other: tuple[str, str]) -> Callable[[], int]:
    return lambda: len(differences(site(routing_of(*one)), site(routing_of(*other))))


DENIED = "    http-request deny deny_status 404 if !{ path_beg /team- }"
KINDS: dict[str, Callable[[int], Callable[[], int]]] = {
    "spec and spec": _specs,
    "nginx and haproxy": lambda count: _files(artifact(count, "nginx"), artifact(count, "haproxy", CHANGED)),
    "by hand": lambda count: _files(by_hand(count, 0, "nginx"), by_hand(count, CHANGED, "haproxy")),
    "by name": lambda count: _files(by_name(count, 0), by_name(count, CHANGED)),
}


def measured(compare: Callable[[], int], rounds: int = ROUNDS) -> tuple[float, int]:
    """Processor seconds, the best of some rounds, each from the beginning; and how many differences there are."""
    seconds, found = [], 0
    for _ in range(rounds):
        forget()
        began = time.process_time()
        found = compare()
        seconds.append(time.process_time() - began)
    return min(seconds), found


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", default=",".join(map(str, SIZES)))
    arguments.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    given = arguments.parse_args()
    gc.set_threshold(GARBAGE)
    sizes = [int(one) for one in given.sizes.split(",")]
    rows = []
    for kind, made in KINDS.items():
        points = [(size, *measured(made(size))) for size in sizes]
        times = " | ".join(f"{seconds:.2f}" for _, seconds, _ in points)
        rows.append(f"| {kind} | {times} | {exponent(sizes, [seconds for _, seconds, _ in points]):.2f} |")
        print(rows[-1], "differences:", *(found for *_, found in points), flush=True)
    page = _PAGE.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        rounds=ROUNDS,
        processors=os.cpu_count(),
        load=os.getloadavg()[0],
        changed=CHANGED,
        sizes=" | ".join(f"{size:,} routes" for size in sizes),
        dashes="---|" * len(sizes),
        rows="\n".join(rows),
    )
    if given.write:
        PAGE.write_text(page)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
