"""What an nginx configuration, ours or anyone's, does with which requests: its servers and locations as a table of rules.

Sources: the documentation of ngx_http_core_module (`location`, `server_name`, `merge_slashes`), nginx 1.30.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from twipc.routes import pattern
from twipc.routes.expression import NotUnderstood, expression
from twipc.routes.pattern import Pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule, Table

from ..tree import Block, Directive, parse
from .leading import STEERS, leads
from .selecting import chosen

_KINDS = ("=", "^~", "~", "~*")
_REFUSES = ("if", ("($refused_path)",))
"""How our own configurations refuse what servers read differently; that they do is the baseline's business."""


@dataclass(slots=True)
class _Server:
    block: Block
    line: int
    names: tuple[str, ...]
    ports: dict[int, bool]
    """Each port, and whether this server is the default there."""
    https: frozenset[int] = field(default=frozenset())
    roots: list[Directive] = field(init=False)

    def __post_init__(self) -> None:
        self.roots = [one for one in self.block.directives if one.name == "root"]


def routing(text: str, port: int | None = None) -> Table:
    """The rules of the port that comes first in the file, or of `port`; raises `NotNginx` and `LookupError`."""
    root, _ = parse(text)
    https = [one for one in root.directives if one.name == "http" and one.block]
    places = [one.block for one in https if one.block] or [root]
    servers = [_server(one) for place in places for one in place.directives if one.name == "server" and one.block]
    if not servers:
        raise LookupError("it has no `server`")
    asked = next(iter(servers[0].ports)) if port is None else port
    there = [server for server in servers if asked in server.ports]
    if not there:
        raise LookupError(f"no server listens on port {asked}")
    maps = [one for place in places for one in place.directives if one.name == "map"]
    rules = tuple(rule for hosts, server in _by_host(there, asked) for rule in _of_host(server, hosts, maps))
    return Table(rules, (Answer("status", "404"),), https=any(server.https for server in servers))


def _server(directive: Directive) -> _Server:
    assert directive.block
    names = tuple(name for one in directive.block.directives if one.name == "server_name" for name in one.args)
    found = _Server(directive.block, directive.line, names or ("",), {})
    for one in directive.block.directives:
        if one.name == "listen" and one.args:
            last = one.args[0].rpartition(":")[2] if not one.args[0].endswith("]") else "80"
            number = int(last) if last.isdecimal() else 80
            found.ports[number] = found.ports.get(number, False) or "default_server" in one.args
            found.https |= {number} if "ssl" in one.args else set()
    found.ports = found.ports or {80: False}
    return found


def _by_host(servers: Sequence[_Server], port: int) -> Iterator[tuple[tuple[Pattern, ...], _Server]]:
    """Each server with the hosts that it is asked by: a name wins over a wildcard, a longer wildcard over a shorter one.

    Raises `NotUnderstood` for a name that is an expression which no automaton has.
    """
    ranked = [
        (rank, place, said) for place, server in enumerate(servers) for name in server.names for rank, said in _ranked(name)
    ]
    for _, place, said in sorted(ranked, key=lambda one: one[:2]):
        yield (said,), servers[place]
    yield (), next((server for server in servers if server.ports[port]), servers[0])


def _ranked(name: str) -> Iterator[tuple[tuple[int, int], Pattern]]:
    name = name.lower() if not name.startswith("~") else name
    if name.startswith("~"):
        yield (3, 0), expression(name[1:], any_case=True)
    elif name.startswith("*."):
        yield (1, -len(name)), pattern.host(name)
    elif name.startswith("."):
        yield (0, 0), pattern.host(name[1:])
        yield (1, -len(name) - 1), pattern.host(f"*{name}")
    elif name.endswith(".*"):
        yield (2, -len(name)), pattern.beginning(pattern.text(name[:-1]))
    elif name not in ("", "_"):
        yield (0, 0), pattern.host(name)


def _of_host(server: _Server, hosts: tuple[Pattern, ...], maps: Sequence[Directive]) -> Iterator[Rule]:
    for rule in (*_before(server), *_locations(server, maps)):
        yield replace(rule, hosts=(*hosts, *rule.hosts))


def _before(server: _Server) -> Iterator[Rule]:
    """What a server does before it looks for a location."""
    for one in server.block.directives:
        if one.name == "return":
            yield Rule("return", (pattern.ALL,), leads(Block([one]), ()), at=(one.line,))
        elif one.name in STEERS - {"location"} and (one.name, one.args) != _REFUSES:
            yield Rule(one.name, (pattern.ALL,), _open(one), at=(one.line,))


def _locations(server: _Server, maps: Sequence[Directive]) -> Iterator[Rule]:
    """Exact ones first, then `^~` where none that is longer fits, then expressions in order, then the longest that fits."""
    there = [one for one in server.block.directives if one.name == "location" and one.args and not one.args[0].startswith("@")]
    found = [one for one in there if _is_known(one)]
    for one in there:
        if not _is_known(one):
            yield Rule(_said(one), (pattern.ALL,), _open(one), at=(one.line,))
    plain = [one for one in found if len(one.args) == 1]
    stopping = [one for one in found if one.args[0] == "^~"]
    prefixes = sorted([*plain, *stopping], key=lambda one: -len(one.args[-1].encode()))
    for one in found:
        if one.args[0] == "=":
            yield _rule(one, server, pattern.whole(pattern.text(one.args[1])))
    for one in prefixes:
        if one.args[0] == "^~":
            longer = [
                other for other in plain if other.args[0].startswith(one.args[1]) and len(other.args[0]) > len(one.args[1])
            ]
            unless = tuple(pattern.beginning(pattern.text(other.args[0])) for other in longer)
            yield _rule(one, server, pattern.beginning(pattern.text(one.args[1])), unless)
    for one in found:
        if one.args[0] in ("~", "~*"):
            yield from _by_expression(one, server)
    for one in prefixes:
        path = pattern.beginning(pattern.text(one.args[-1]))
        for rule in chosen(one, found, maps) if len(one.args) == 1 else ():
            yield replace(rule, paths=(path, *rule.paths), leads=rule.leads or _leads(one, server))
        yield _rule(one, server, path)
    yield Rule("no location", (pattern.ALL,), leads(Block(server.roots), ()), at=(server.line,))


def _is_known(location: Directive) -> bool:
    return len(location.args) == 1 or (len(location.args) == 2 and location.args[0] in _KINDS)


def _by_expression(location: Directive, server: _Server) -> Iterator[Rule]:
    try:
        yield _rule(location, server, expression(location.args[1], any_case=location.args[0] == "~*"))
    except NotUnderstood as why:
        yield Rule(_said(location), (pattern.ALL,), (Answer(OPEN, f"{why}, line {location.line}"),), at=(location.line,))


def _rule(location: Directive, server: _Server, path: Pattern, unless: tuple[Pattern, ...] = ()) -> Rule:
    return Rule(_said(location), (path,), _leads(location, server), unless, at=(location.line,))


def _leads(location: Directive, server: _Server) -> Outcome:
    return leads(location.block or Block([]), server.roots)


def _said(location: Directive) -> str:
    return f"location {' '.join(location.args)}"


def _open(directive: Directive) -> Outcome:
    return (Answer(OPEN, f"`{directive.name}`, line {directive.line}"),)
