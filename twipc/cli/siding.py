"""What `twipc routes` is asked about: environments, services of them, specs of another revision, configuration files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from twipc.diagnostics import Report, Span, Stopped
from twipc.diagnostics.near import near
from twipc.diagnostics.render import visible
from twipc.driver import load
from twipc.formats.nginx.including import NOTHING, Wrong
from twipc.formats.reading import ports_of, routing_of
from twipc.model import Model
from twipc.project import content_of
from twipc.registry import target, target_names
from twipc.routes import meant
from twipc.routes.table import Answer, Onward, Outcome, Site, Table
from twipc.syntax import parse

from .including import included, reason, span_of, tell_copied, tell_left_open
from .past import NoRevision, Past
from .session import Session
from .specs import Spec, folder_of, shown

CONFIGURATIONS = (".conf", ".cfg")
TEMPLATE = ".json"


class Side(Struct, frozen=True):
    """Something that routes requests, by the name it was asked for."""

    name: str
    site: Site
    model: Model | None = None
    spec: Spec | None = None
    file: str = ""
    revision: str = ""
    """Of a file, with the sign before it."""

    def where(self, at: tuple[str | int, ...]) -> str:
        """File and line of a rule; a rule that is written nowhere is twipc's own."""
        if not at:
            return "-"
        if self.model is None or self.spec is None:
            file = f"{at[1]}{self.revision}" if at[1:] else self.file
            return f"{file}:{at[0]}"
        span: Span = self.model.span(at)
        return f"{shown(self.spec.project.root / span.file)}:{span.line}"


def sides(session: Session, names: tuple[str, ...]) -> list[Side]:
    """All that is asked for; every entry of an environment where no service is named."""
    if names:
        return [one for name in names for one in _named(session, name)]
    return [one for spec in session.specs(()) for one in _of_spec(session, spec, spec.stem, "")]


def side(session: Session, name: str) -> Side:
    """The one thing that a name means; several are wrong usage."""
    found = _named(session, name)
    if len(found) > 1:
        known = ", ".join(f"`{name}:{one.site.entry}`" for one in found)
        raise click.UsageError(visible(f"`{name}` has several entries; say which: {known}"))
    return found[0]


def _named(session: Session, name: str) -> list[Side]:
    head, _, of = name.partition(":")
    path, revision = _of_revision(head)
    if Path(path).suffix in CONFIGURATIONS:
        return [_configuration(session, path, of, revision)]
    if Path(path).suffix == TEMPLATE:
        return _template(path, of, revision)
    if Path(path).suffix in (".yml", ".yaml") and _is_no_spec(path, revision):
        return [_configuration(session, path, "", revision)]
    spec = next(iter(session.specs((path,))))
    if revision:
        past, content = _past(spec.project.root, spec.file, revision)
        spec = replace(spec, project=past, content=content)
    return _of_spec(session, spec, path if not revision else f"{path}@{revision}", of)


def _of_revision(name: str) -> tuple[str, str]:
    """A name and the revision of git that stands behind it; a file may have an `@` in its name."""
    path, at, revision = name.partition("@")
    if not at or Path(name).is_file():
        return name, ""
    if not revision:
        raise click.UsageError(visible(f"`{name}` names no revision of git; say `{path}`, or `{path}@HEAD`"))
    return path, revision


def _past(root: Path, file: str, revision: str) -> tuple[Past, bytes]:
    """A project as it was, and a file of it; that it was not there is wrong usage."""
    try:
        past = Past.at(root, revision)
        content = past.read(file)
    except NoRevision as problem:
        raise click.UsageError(visible(str(problem))) from None
    if content is None:
        raise click.UsageError(visible(f"there is no {file} in {revision}"))
    return past, content


def _content(path: str, revision: str) -> bytes:
    folder = folder_of(path)
    return _past(folder, os.path.relpath(path, folder), revision)[1] if revision else content_of(Path(path))


def _is_no_spec(path: str, revision: str) -> bool:
    return (bool(revision) or Path(path).is_file()) and not is_spec(path, revision)


def _of_spec(session: Session, spec: Spec, name: str, service: str) -> list[Side]:
    report = Report()
    try:
        model = load(spec.project, spec.file, spec.content, spec.stem, report)
    except Stopped:
        session.take(spec, report.findings, whole=False)
        session.finish(1)
        raise AssertionError("it ends with 1") from None
    servers = {server for server, _ in model.servers}
    if service and service not in servers:
        closest = near(service, servers)
        help = f"did you mean `{closest}`?" if closest else f"`http` services are: {', '.join(sorted(servers)) or 'none'}"
        raise click.UsageError(visible(f"`{service}` is no `http` service of {name}; {help}"))
    entries = [service] if service else list(meant.entries(model))
    if not entries:
        raise click.UsageError(visible(f"{name} has no `http` service: nothing there has routes"))
    plain = len(entries) == 1 and not service
    return [Side(name if plain else f"{name}:{one}", meant.site(model, one), model, spec) for one in entries]


def _configuration(session: Session, path: str, port: str, revision: str) -> Side:
    if port and not port.isdecimal():
        raise click.UsageError(visible(f"`{port}` is no port of {path}"))
    text, brought = "", NOTHING
    try:
        text = _content(path, revision).decode("utf-8", "surrogateescape")
        brought = included(path, text, revision)
        table = routing_of(path, text, int(port) if port else None, brought)
    except Wrong as wrong:
        session.report.add(wrong.code, wrong.said, span_of(wrong.at, path, revision), help=wrong.help)
        session.finish(1)
        raise AssertionError("it ends with 1") from None
    except Stopped:
        raise click.UsageError(visible(f"{path} is neither a spec nor a compose file")) from None
    except OSError as problem:
        raise click.UsageError(visible(f"{path}: {problem.strerror}")) from None
    except LookupError as problem:
        raise click.UsageError(visible(f"{path}: {problem.args[0]}{reason(text, brought)}")) from None
    except ValueError as problem:
        raise click.UsageError(visible(f"{path}: {problem.args[0]}")) from None
    tell_left_open(session, text, brought, path, revision)
    tell_copied(session, text, brought, path, revision)
    more = ports_of(path, text, brought) if not port else []
    name = f"{path}@{revision}" if revision else path
    if more[1:]:
        others = " ".join(f"{name}:{one}" for one in more[1:])
        click.echo(visible(f"{name}: asked is port {more[0]}; others are {others}"), err=True)
    server = Path(path).name
    source = "\0".join((text, *(f"{word}\0{one.text or (one.name, one.why)}" for word in brought for one in brought[word])))
    return Side(name, Site(server, {server: table}, source), file=name, revision=name.removeprefix(path))


def _template(path: str, server: str, revision: str) -> list[Side]:
    """The load balancers of a template, whatever target reads it."""
    try:
        text = _content(path, revision).decode("utf-8-sig", "replace")
        found = {name: table for tables in _readers() for name, table in tables(text).items()}
    except OSError as problem:
        raise click.UsageError(visible(f"{path}: {problem.strerror}")) from None
    except (LookupError, ValueError) as problem:
        raise click.UsageError(visible(f"{path}: {problem.args[0]}")) from None
    if server and server not in found:
        raise click.UsageError(visible(f"`{server}` is no load balancer of {path}; those are: {', '.join(sorted(found))}"))
    name = f"{path}@{revision}" if revision else path
    named = [server] if server else sorted(found)
    return [
        Side(f"{name}:{one}" if server or named[1:] else name, Site(one, {one: found[one]}, text), file=name) for one in named
    ]


def _readers() -> list[Callable[[str], Mapping[str, Table]]]:
    return [tables for name in target_names() if (tables := target(name).tables)]


def is_spec(path: str, revision: str) -> bool:
    """Whether a YAML file says that it is a spec; a compose file does not."""
    try:
        return parse(_content(path, revision), Path(path).name, Report()).node(("twipc",)) is not None
    except (OSError, Stopped):
        return True  # what is wrong with it is told when it is read as one


def same(one: Side, other: Side, pairs: tuple[str, ...]) -> tuple[Site, Site]:
    """Both sites, with one name for what `pairs` say is one answer; a name that a side does not have is wrong usage."""
    mine, theirs = ({str(answer): answer for answer in _answers(of)} for of in (one, other))
    known: list[set[Answer]] = []
    for pair in pairs:
        left, equals, right = pair.partition("=")
        if not equals:
            raise click.UsageError(visible(f"`{pair}` is not of the form X=Y"))
        for said, of, answers in ((left, one, mine), (right, other, theirs)):
            if said not in answers:
                raise click.UsageError(visible(f"{of.name} never answers `{said}`; it answers: {', '.join(sorted(answers))}"))
        both = {mine[left], theirs[right]}
        known = [*(those for those in known if not those & both), both.union(*(those for those in known if those & both))]
    called = {answer: min(those) for those in known for answer in those}
    return _renamed(one.site, called), _renamed(other.site, called)


def _renamed(site: Site, called: Mapping[Answer, Answer]) -> Site:
    def renamed(outcome: Outcome) -> Outcome:
        return tuple(called.get(answer, answer) if isinstance(answer, Answer) else answer for answer in outcome)

    tables: Mapping[str, Table] = {
        name: replace(
            table,
            rules=tuple(replace(rule, leads=renamed(rule.leads)) for rule in table.rules),
            default=renamed(table.default),
        )
        for name, table in site.tables.items()
    }
    return Site(site.entry, tables, site.source) if called else site


def twins(one: Side, other: Side, ways: Iterable[tuple[str, str]], pairs: tuple[str, ...]) -> str | None:
    """Two answers that may be one under two names, as `--same` takes them: each is unknown to the other side.

    Of which `pairs` say already with whom they are one, they are not asked about again.
    """
    named = [set(side) for side in zip(*(pair.split("=", 1) for pair in pairs), strict=True)] or [set(), set()]
    mine, theirs = (frozenset(map(str, _answers(of))) for of in (one, other))
    open_ways = ((left, right) for left, right in ways if left not in named[0] or right not in named[1])
    return next((f"{left}={right}" for left, right in open_ways if left in mine - theirs and right in theirs - mine), None)


def _answers(of: Side) -> Iterator[Answer]:
    for name in of.site.servers:
        table = of.site.tables[name]
        for outcome in (*(rule.leads for rule in table.rules), table.default):
            yield from (one for one in outcome if not isinstance(one, Onward))
