"""Where a request comes through in the files that targets make: their own rule of each, beside that of the spec."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from twipc.diagnostics import Report, Stopped
from twipc.driver import Compiled, compile_model
from twipc.formats.reading import routing_of
from twipc.routes.cases import Case
from twipc.routes.follow import taken
from twipc.routes.table import Site

from .session import Session
from .siding import CONFIGURATIONS, TEMPLATE, Side


def artifacts(session: Session, one: Side, case: Case, path: bytes) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Of each target's configuration that a request comes through: file and line, server, and the rule with where it leads."""
    assert one.model
    assert one.spec
    through = [name for name, _ in taken(one.site, case, path).through]
    report = Report()
    try:
        compiled = compile_model(one.model, sorted(one.model.environment.targets), report)
    except Stopped:
        session.take(one.spec, report.findings, whole=True)
        return
    for each in compiled:
        for name in through:
            yield from _in_target(one, each, name, case, path)


def _in_target(one: Side, compiled: Compiled, name: str, case: Case, path: bytes) -> Iterator[tuple[str, str, tuple[str, str]]]:
    assert one.model
    out = f"out/{one.model.environment.environment}/{compiled.target.name}"
    for place, text in sorted(compiled.texts.items()):
        if compiled.target.tables and Path(place).suffix == TEMPLATE:
            with suppress(LookupError, ValueError):  # few of a target's documents route
                if table := compiled.target.tables(text).get(name):
                    yield _taking(Site(name, {name: table}), f"{out}/{place}", name, case, path)
        folder, _, file = f"/{place}".rpartition("/")
        if folder.rpartition("/")[2] == name and Path(file).suffix in CONFIGURATIONS:
            table = routing_of(file, text)
            case = case if name == one.site.entry else replace(case, scheme="http")
            yield _taking(Site(name, {name: table}), f"{out}/{place}", name, case, path)


def _taking(site: Site, file: str, name: str, case: Case, path: bytes) -> tuple[str, str, tuple[str, str]]:
    """File and line, server, and the rule with where it leads."""
    table = site.tables[name]
    found = taken(site, case, path, raw=table.raw)
    number = found.through[0][1]
    rule = None if number is None else table.rules[number]
    line = (rule.at if rule else table.default_at) or (1,)
    return f"{file}:{line[0]}", name, (rule.said if rule else "default", str(found))
