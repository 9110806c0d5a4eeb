"""`twipc test`: does each route of what is published lead where the spec says?"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import click

from twipc.diagnostics.render import visible
from twipc.model import Model
from twipc.run import Engine, Failed, codes
from twipc.run.asking import Reply, request
from twipc.run.probes import WORD, Probe, by_address, entries, judged, machine_of, probes
from twipc.target.runtime import Instance, Status

from .running import Running, begin, environment_argument
from .session import Session, verb
from .telling import Row, columns

_LINES = 2000
_LATE_S = 2.0
"""So much later than its answer a line of the log may come: engines write several at once, and Docker hands them on."""


@click.command("test")
@environment_argument
@click.argument("path", required=False)
@verb
def command(session: Session, environment: str, wanted: str | None, path: str | None) -> None:
    """Ask for each route of what is published, and tell the status, who answered, and whether that is what the spec says.

    With PATH, ask only for that, and print the headers. Only published ports of the environment's own containers are asked.
    """
    running = begin(session, environment, wanted)
    if path is not None and not path.startswith("/"):
        raise click.UsageError("PATH begins with `/`")
    engine = running.reach(running.runtime.needs)
    status = running.look()
    nonce = secrets.token_hex(8)
    wanted_probes = _probes(running, status, engine, path)
    asked = [(probe, _ask(probe, at, port, f"{nonce}-{number}")) for number, (probe, at, port) in enumerate(wanted_probes)]
    if not asked:
        help = "publish the `listen` port of an `http` service, or `twipc up` it"
        running.end(codes.NOTHING_RUNS, f"nothing of {running.model.name} is published and served by http", help=help)
    logs = _logged(running, status, asked, nonce)
    table: list[Row] = [("ENTRY", "ROUTE", "REQUEST", "STATUS", "ANSWERED BY", "TIME")]
    rows: list[dict[str, Any]] = []
    for number, (probe, reply) in enumerate(asked):
        known, answered = _answered(running.model, status, probe, reply, logs.get(f"{nonce}-{number}"))
        problem = "" if path is not None and reply.status else judged(probe, reply, answered, known)
        by = answered.name if answered else (probe.entry if known and reply.status else "?")
        table.append(
            (
                probe.entry,
                probe.route,
                f"{probe.method} {probe.host}{probe.path}",
                str(reply.status or "-"),
                by,
                f"{reply.seconds * 1000:.0f} ms",
            )
        )
        rows.append(_row(probe, reply, by, problem))
        if problem:
            running.add(codes.MISROUTED, f"{probe.method} {probe.host}{probe.path} of `{probe.entry}`: {problem}", at=probe.at)
    running.more = {"probes": rows}
    if session.format == "text":
        for line in columns(table):
            click.echo(line)
        if path is not None:
            for name, value in asked[0][1].headers:
                click.echo(visible(f"{name}: {value}"))
    running.finish()


def _probes(running: Running, status: Status, engine: Engine, path: str | None) -> list[tuple[Probe, str, int]]:
    found = []
    for name, http, address, port in entries(running.model, status, machine_of(engine.host)):
        wanted = probes(running.model, name, http) if path is None else [Probe(name, "-", "GET", "", path)]
        found += [(probe, address, port) for probe in wanted]
    return found


def _ask(probe: Probe, address: str, port: int, mark: str) -> Reply:
    path = f"{probe.path}{'&' if '?' in probe.path else '?'}{WORD}={mark}"
    return request(address, port, probe.method, path, {"Host": probe.host} if probe.host else {})


def _logged(running: Running, status: Status, asked: Sequence[tuple[Probe, Reply]], nonce: str) -> Mapping[str, str]:
    """By the mark of each probe, the address that its entry has logged to have sent it to; what is missing is waited for."""
    servers = dict(running.model.servers)
    logging = {name for name in {probe.entry for probe, _ in asked} if servers[name].access_log == "json"}
    wanted = sum(1 for probe, reply in asked if reply.status and probe.entry in logging)
    found: dict[str, str] = {}
    end = time.monotonic() + _LATE_S
    while True:
        for one in status.instances:
            for line in _log(running, one, nonce) if one.service in logging else ():
                mark = line["request"].partition(f"{WORD}=")[2].partition(" ")[0]
                found[mark] = line["upstream"].rpartition(":")[0]
        if len(found) >= wanted or time.monotonic() > end:
            return found
        time.sleep(0.1)


def _log(running: Running, one: Instance, nonce: str) -> list[dict[str, str]]:
    try:
        lines = running.runner.answer(running.runtime.log(one, _LINES)).out.splitlines()
    except Failed:
        return []
    found = []
    for line in lines:
        if nonce in line:
            try:
                read = json.loads(line)
            except ValueError:
                continue
            if isinstance(read, dict) and all(isinstance(read.get(key), str) for key in ("request", "upstream")):
                found.append(read)
    return found


def _answered(model: Model, status: Status, probe: Probe, reply: Reply, logged: str | None) -> tuple[bool, Instance | None]:
    """Whether it can be seen who answered, and who that is; nobody but the entry itself, where it sent it to none."""
    http = model.environment.services[probe.entry].http
    shown = [header for header, what in http.expose_headers.items() if what == "upstream-address"] if http else []
    address = logged
    if address is None and shown:
        address = reply.header(shown[0]).rpartition(":")[0]
    return address is not None, by_address(status).get(address or "")


def _row(probe: Probe, reply: Reply, by: str, problem: str) -> dict[str, Any]:
    return {
        "entry": probe.entry,
        "route": probe.route,
        "method": probe.method,
        "host": probe.host,
        "path": probe.path,
        "status": reply.status or None,
        "answered_by": by,
        "headers": dict(reply.headers),
        "seconds": round(reply.seconds, 4),
        "problem": problem or None,
    }
