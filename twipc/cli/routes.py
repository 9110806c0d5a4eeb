"""`twipc routes`: who takes which request, asked of specs and of configuration files."""

from __future__ import annotations

import shlex
from typing import Any

import click
from msgspec.structs import replace

from twipc.diagnostics.render import visible
from twipc.formats.engines import OWN_PREFIX
from twipc.routes.automaton import TooMany
from twipc.routes.cases import METHODS
from twipc.routes.compare import Difference, differences, reads_raw, tells_hosts_apart
from twipc.routes.follow import Taken, taken
from twipc.routes.hidden import Hidden, hidden
from twipc.routes.leaks import leaks
from twipc.routes.meant import OWN
from twipc.routes.request import Refused, asked
from twipc.routes.said import asked_of, hosts
from twipc.routes.table import OPEN, Answer, Onward, Rule, Table

from .following import artifacts
from .session import Session, verb
from .siding import Side, same, side, sides, twins
from .specs import completed
from .telling import Row, columns

ENCODED = "where bytes come encoded or slashes doubled"
"""What is told as one: who matches paths as they come differs in it at every route."""
OTHER_HOSTS = "where the host comes in capitals, with a port or with a dot at its end"
"""Also: who matches hosts as they come differs in it at every host."""
_ASKED_FOR = {"table", "explain", "diff"}


class _Routes(click.Group):
    """`routes [ENV]…` is `routes table [ENV]…`: what is no command of its own names an environment."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if not any(arg in _ASKED_FOR or arg in ("-h", "--help") for arg in args[:1]):
            args = ["table", *args]
        return super().parse_args(context, args)

    def list_commands(self, _context: click.Context) -> list[str]:
        return ["table", "explain", "diff"]

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except TooMany as many:
            click.echo(f"twipc: {many}", err=True)
            raise click.exceptions.Exit(1) from None


@click.group("routes", cls=_Routes)
def command() -> None:
    """Say who takes which request: `routes ENV` is the table, `explain` follows one request, `diff` finds what differs."""


@command.command("table")
@click.argument("names", nargs=-1, metavar="[ENV]...", shell_complete=completed)
@verb
def table(session: Session, names: tuple[str, ...]) -> None:
    """Print the routes of environments, in the order in which they are asked; `routes ENV` says the same.

    ENV is an environment's name or spec, ENV:SERVICE one `http` service of it; none means all. A configuration file of nginx
    (.conf) or haproxy (.cfg) has a table too, FILE:PORT that of one port; so have the application load balancers of a template
    of CloudFormation (.json), FILE:SERVER that of one.

    What an nginx.conf includes is read with it, as far as it lies in the folder of that file.
    """
    found = sides(session, names)
    rows = []
    for one in found:
        for name in one.site.servers:
            routes = one.site.tables[name]
            dead = {each.number: each for each in hidden(routes)}
            rows.append(_as_json(one, name, routes, dead))
            if _tells(session):
                _print(one, name, routes, dead)
    session.finish(more={"tables": rows})


@command.command("explain")
@click.argument("name", metavar="ENV", shell_complete=completed)
@click.argument("request", nargs=-1, required=True, metavar="[METHOD] URL")
@verb
def explain(session: Session, name: str, request: tuple[str, ...]) -> None:
    """Follow one request: which rule takes it, in the spec and in each target's files, and who answers.

    URL is a path, or an absolute URL where host or scheme matter; METHOD is GET where nothing else is said.
    """
    method, url = (request[0].upper(), request[1]) if len(request) == 2 else ("GET", request[0])
    if len(request) > 2 or (method not in METHODS and not method.isalpha()):
        raise click.UsageError("a request is `[METHOD] URL`, such as `GET /news`")
    try:
        case, path = asked(method, url)
    except ValueError as problem:
        raise click.UsageError(visible(str(problem))) from None
    one = side(session, name)
    if isinstance(path, Refused):
        ours = one.model is not None
        if _tells(session):
            told = f"every server answers {path.status}" if ours else "such requests are not asked about in files of others"
            click.echo(f"{told}: {path.why}")
        refused = {"status": path.status, "why": path.why}
        session.finish(more={"refused": refused} if ours else {"not_asked": {"why": path.why}})
        return
    raw = reads_raw(one.site)
    if raw:
        path = url.partition("?")[0].encode()
    found = taken(one.site, case, path, raw=raw)
    table = [("SERVER", "WHERE", "RULE", "LEADS TO"), *_steps(one, found)]
    for where, server, said in artifacts(session, one, case, path) if one.model else ():
        table.append((server, where, said[0], said[1]))
    if _tells(session):
        click.echo(f"{method} {visible(path.decode('utf-8', 'replace'))} is answered by {visible(str(found))}")
        for line in columns(table):
            click.echo(f"  {line}")
    steps = [{"server": row[0], "at": row[1], "rule": row[2], "leads": row[3]} for row in table[1:]]
    session.finish(more={"answer": str(found), "steps": steps})


@command.command("diff")
@click.argument("one", metavar="A", shell_complete=completed)
@click.argument("other", metavar="B", shell_complete=completed)
@click.option(
    "--same",
    "pairs",
    multiple=True,
    metavar="X=Y",
    help="Where A answers X and B answers Y, they agree; may stand several times.",
)
@verb
def diff(session: Session, one: str, other: str, pairs: tuple[str, ...]) -> None:
    """Find every kind of request that A and B answer differently, each with the shortest such request.

    Exits with 0 where every request is answered alike, 1 where one is not or cannot be said, 2 where it is asked wrongly.

    A and B are environments (prod), services of one (prod:proxy), specs, configuration files of nginx (.conf) and haproxy
    (.cfg), FILE:PORT for another port than the first, or templates of CloudFormation with an application load balancer (.json),
    FILE:SERVER for one of several; each may be one of a revision of git (prod@HEAD~1, nginx.conf@HEAD).

    A request is asked about by its method, host and path; what looks at anything else is left open.
    """
    if session.format in ("sarif", "github"):
        # What differs is no finding: a report without results would say that all is alike.
        raise click.UsageError(f"`routes diff` has nothing to say in {session.format}; take --format json")
    first, second = side(session, one), side(session, other)
    differ = differences(*same(first, second, pairs))
    # A file that somebody wrote by hand has no such paths, and could never answer alike.
    found = [each for each in differ if not (_is_own(first, second, each.one) or _is_own(second, first, each.other))]
    sure = [each for each in found if not each.open]
    rows = [_difference(first, second, each) for each in found]
    if _tells(session):
        for each in sure:
            if each.plain:
                _tell(first, second, each, "")
        for by_host, head in ((False, ENCODED), (True, OTHER_HOSTS)):
            written = [each for each in sure if not each.plain and each.by_host == by_host]
            for each in written[:1]:
                _tell(first, second, each, f"{head}, {len(written)} kind{'' if len(written) == 1 else 's'}: ")
        for each in found:
            if each.open:
                _tell(first, second, each, "cannot be said: ")
        left = f", {len(found) - len(sure)} left open" if len(sure) < len(found) else ""
        count = f"{len(sure)} kind{' of request' if len(sure) == 1 else 's of requests'}"
        said = f"{count} answered differently{left}" if found else "every request is answered alike"
        click.echo(visible(f"{first.name} and {second.name}: {said}"), err=True)
        ways = [(_said(first, each.one), _said(second, each.other)) for each in sure if each.plain]
        if pair := twins(first, second, ways, pairs):
            click.echo(visible(f"if that is one answer under two names, say --same {shlex.quote(pair)}"), err=True)
        if len(found) < len(differ):
            click.echo(f"paths below {OWN_PREFIX} are left out: servers of a spec keep them to themselves", err=True)
        if reads_raw(first.site, second.site):
            click.echo("paths with a segment `.` or `..` are left out: nginx resolves them, haproxy does not", err=True)
        if any(not of.model and tells_hosts_apart(of.site) for of in (first, second)):
            click.echo("requests without a host, which HTTP/1.0 need not have, are left out", err=True)
    session.finish(code=1 if found else 0, more={"differences": rows})


def _tells(session: Session) -> bool:
    """Whether lines for people are printed: what is no finding has no other form in SARIF, and its own in JSON."""
    return session.format not in ("json", "sarif")


def _tell(one: Side, other: Side, each: Difference, head: str) -> None:
    click.echo(visible(f"{head}{each.request}"))
    rows: list[Row] = [
        (of.name, *step[:3], _said(of, way))
        for of, way in ((one, each.one), (other, each.other))
        for step in _steps(of, way)[-1:]
    ]
    for line in columns(rows):
        click.echo(f"  {line}")


def _difference(one: Side, other: Side, each: Difference) -> dict[str, Any]:
    request = each.request
    sides = [
        {
            "name": of.name,
            "answer": _said(of, way),
            "steps": [dict(zip(("server", "at", "rule", "leads"), step, strict=True)) for step in _steps(of, way)],
        }
        for of, way in ((one, each.one), (other, each.other))
    ]
    case = request.case
    return {
        "request": str(request),
        "method": case.method,
        "scheme": case.scheme,
        "host": case.host,
        "path": request.path,
        "open": each.open,
        "plain": each.plain,
        "sides": sides,
    }


def _steps(one: Side, way: Taken) -> list[Row]:
    rows: list[Row] = []
    for name, number in way.through:
        table = one.site.tables[name]
        rule = None if number is None else table.rules[number]
        said, at = (rule.said, rule.at) if rule else ("default", table.default_at)
        rows.append((name, one.where(at), said, _leads(rule.leads if rule else table.default)))
    return rows


def _is_own(of: Side, other: Side, way: Taken) -> bool:
    """Whether a server of a spec answers by itself, beside a file that is of none."""
    name, number = way.through[-1]
    return bool(of.model and not other.model and number is not None and of.site.tables[name].rules[number] == OWN)


def _said(of: Side, way: Taken) -> str:
    """Who answers, as this side calls it: what was compared may have a name of the other's."""
    told = {one for one in way.answers if one.kind == "circle"}
    for name, number in way.through:
        table = of.site.tables[name]
        leads = table.default if number is None else table.rules[number].leads
        told.update(one for one in leads if isinstance(one, Answer))
    return str(replace(way, answers=frozenset(told)))


def _leads(outcome: tuple[Answer | Onward, ...]) -> str:
    return ", ".join(f"server {one.server}" if isinstance(one, Onward) else str(one) for one in outcome)


def _print(one: Side, name: str, table: Table, dead: dict[int, Hidden]) -> None:
    click.echo(visible(f"{one.name}: {name}"))
    rows: list[Row] = [("WHERE", "RULE", "ASKED", "LEADS TO")]
    longer = {each.number: each.longer for each in leaks(table)}
    reached = {(rule.said, rule.at) for number, rule in enumerate(table.rules) if number not in dead}
    for number, rule in enumerate(table.rules):
        # What is asked at several places is told where it takes something.
        if rule.at and not (number in dead and (rule.said, rule.at) in reached):
            note = f" ({_by(table, dead[number])})" if number in dead else ""
            note += f" ({longer[number]} too)" if number in longer else ""
            row = (one.where(rule.at), rule.said, asked_of(rule), f"{_leads(rule.leads)}{note}")
            rows += [row] if row != rows[-1] else []  # one rule is several where it asks for this or that
    rows.append((one.where(table.default_at), "default", "any", _leads(table.default)))
    for line in columns(rows):
        click.echo(f"  {line}")


def _by(table: Table, dead: Hidden) -> str:
    """Why a rule takes nothing; of what is left open nobody knows how much it takes."""
    left_open = [number for number in dead.takers if _is_open(table.rules[number])]
    if left_open:
        return f"unless `{table.rules[left_open[0]].said}` takes it before"
    return f"never: `{table.rules[dead.takers[0]].said}` takes it before" if dead.takers else "never: there is no such request"


def _is_open(rule: Rule) -> bool:
    return any(isinstance(one, Answer) and one.kind == OPEN for one in rule.leads)


def _hiding(table: Table, dead: Hidden | None) -> list[str] | None:
    """The rules that take what one asks for, where that is known of all."""
    takers = [table.rules[number] for number in dead.takers] if dead else []
    return [rule.said for rule in takers] if dead and not any(map(_is_open, takers)) else None


def _as_json(one: Side, name: str, table: Table, dead: dict[int, Hidden]) -> dict[str, Any]:
    rules = [
        {
            "rule": rule.said,
            "at": one.where(rule.at),
            "methods": sorted(rule.methods or ()),
            "hosts": [hosts((host,)) for host in rule.hosts],
            "not_hosts": [hosts((host,)) for host in rule.not_hosts],
            "leads": [_leads((each,)) for each in rule.leads],
            "hidden_by": _hiding(table, dead.get(number)),
        }
        for number, rule in enumerate(table.rules)
    ]
    return {"of": one.name, "server": name, "rules": rules, "default": [_leads((each,)) for each in table.default]}
