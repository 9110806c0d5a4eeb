"""What an nginx configuration, ours or anyone's, does with which requests: its servers and locations as a table of rules.

Sources: the documentation of ngx_http_core_module (`location`, `server_name`, `merge_slashes`), nginx 1.30.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from twipc.routes import pattern
from twipc.routes.expression import expression
from twipc.routes.pattern import Pattern
from twipc.routes.table import Answer, Rule, Table

from ..including import NOTHING, VALUES, Included, joined
from ..tree import Block, Directive
from .before import before, methods
from .finding import rules
from .leading import Around, foreign_includes, unread

_DEFAULT = ("default_server", "default")


class _Listen(Struct, frozen=True):
    """Where a server listens: at an address, or at all of IPv4 or IPv6; each of them has servers and a default of its own."""

    directive: Directive
    address: str
    first: int
    last: int

    @property
    def by_https(self) -> bool:
        return not {"ssl", "quic"}.isdisjoint(self.directive.args)

    def at(self, port: int) -> bool:
        return self.first <= port <= self.last


class _Server(Struct):
    directive: Directive
    names: tuple[str, ...]
    listens: tuple[_Listen, ...]

    def at(self, port: int) -> list[_Listen]:
        return [one for one in self.listens if one.at(port)]


def routing(text: str, port: int | None = None, included: Included = NOTHING) -> Table:
    """The rules of the port that comes first in the file, or of `port`; raises `NotNginx`, `LookupError` and `Wrong`."""
    root = joined(text, included)
    places = _places(root)
    servers = [(_server(one), place) for place in places for one in place.directives if one.name == "server" and one.block]
    if not servers:
        raise LookupError("it has no `server`")
    listens = [listen for server, _ in servers for listen in server.listens]
    if not listens:
        raise LookupError("no `server` of it listens on a port")
    asked = listens[0].first if port is None else port
    there = [server for server, _ in servers if server.at(asked)]
    if not there:
        raise LookupError(f"no server listens on port {asked}")
    variables = _variables(root)
    beside = {id(place): _beside(place) for place in places}
    arounds = {
        id(server): Around((beside[id(place)],), variables, *_ports_of(server, there, asked))
        for server, place in servers
        if server.at(asked)
    }
    maps = [one for place in places for one in place.directives if one.name == "map"]
    found = tuple(
        rule
        for hosts, server, left in _by_host(there, asked)
        for rule in (_of_host(server, hosts, arounds[id(server)], maps) if left is None else _left_open(left, hosts))
    )
    told = frozenset(name for server in there for name in methods(server.directive.block or Block([])))
    return Table(found, (Answer("status", "404"),), https=any("ssl" in one.directive.args for one in listens), methods=told)


def ports(text: str, included: Included = NOTHING) -> list[int]:
    """Those that its servers listen on, in their order; of a range the first."""
    servers = (
        one for place in _places(joined(text, included)) for one in place.directives if one.name == "server" and one.block
    )
    return list(dict.fromkeys(listen.first for one in servers for listen in _server(one).listens))


def left_open(text: str, included: Included = NOTHING) -> list[Directive]:
    """Every `include` of which nobody here knows what it brings, where it may choose between requests."""
    return [one for place in _places(joined(text, included)) for one in _foreign(place)]


def _foreign(block: Block) -> Iterator[Directive]:
    yield from foreign_includes(block)
    for one in block.directives:
        yield from _foreign(one.block) if one.block and one.name not in VALUES else ()


def _ports_of(server: _Server, there: Sequence[_Server], asked: int) -> tuple[int | Directive, str | Directive]:
    """The port of a server, and how it stands in an address: not at all where it is its scheme's (ngx_http_header_filter).

    Who listens for https elsewhere besides has several; where they differ the directive stands there that makes them.
    """
    by_https = {one.address for other in there for one in other.at(asked) if one.by_https}
    found = [(asked, one.address in by_https, one.directive) for one in server.at(asked)]
    found += [(one.first, True, one.directive) for one in server.listens if one.by_https and not one.at(asked)]
    port, _, last = found[0][0], *found[-1][1:]
    at = ["" if port == (443 if tls else 80) else f":{port}" for port, tls, _ in found]
    return (port if {one for one, *_ in found} == {port} else last), (at[0] if len(set(at)) == 1 else last)


def _places(root: Block) -> list[Block]:
    """Where servers stand: in `http`, or in a file that another one includes there."""
    return [one.block for one in root.directives if one.name == "http" and one.block] or [root]


def _beside(place: Block) -> Block:
    """What stands beside servers: it is looked at for each of them."""
    return Block([one for one in place.directives if one.name not in ("server", "upstream")])


def _variables(block: Block) -> dict[str, list[Directive]]:
    """Every variable that the file itself makes, with the directives that do."""
    found: dict[str, list[Directive]] = {}
    for one in block.directives:
        if one.name == "geo" and one.args == ("$dollar",):
            continue  # how our own configurations, and those of many, write a dollar
        if one.name in ("map", "geo", "split_clients") and one.args:
            found.setdefault(one.args[-1].removeprefix("$"), []).append(one)
        elif one.name.endswith(("set", "set_by_lua", "set_by_lua_block")) and one.args[:1] and one.args[0].startswith("$"):
            found.setdefault(one.args[0].removeprefix("$"), []).append(one)
        for name, more in _variables(one.block).items() if one.block else ():
            found.setdefault(name, []).extend(more)
    return found


def _server(directive: Directive) -> _Server:
    assert directive.block
    names = tuple(name for one in directive.block.directives if one.name == "server_name" for name in one.args)
    said = [one for one in directive.block.directives if one.name == "listen" and one.args]
    listens = [_listen(one) for one in said] or [
        _Listen(Directive("listen", (), directive.line, None, directive.file), "", 80, 80)
    ]
    return _Server(directive, names or ("",), tuple(one for one in listens if one))


def _listen(directive: Directive) -> _Listen | None:
    """None for a socket that is no port."""
    said = directive.args[0]
    if said.startswith("unix:"):
        return None
    address, colon, last = said.rpartition(":")
    if said.endswith("]") or not (colon or re.fullmatch("[0-9]+(?:-[0-9]+)?", said)):
        address, last = said, "80"
    first, _, to = last.partition("-")
    if not first.isdecimal() or not (to or first).isdecimal():
        return None
    if address in ("", "*", "0.0.0.0"):  # noqa: S104 - as nginx writes every address
        address = ""
    return _Listen(directive, "[::]" if address == "[::0]" else address, int(first), int(to or first))


_Asked = tuple[tuple[Pattern, ...], _Server, Directive | None]
"""Hosts, who answers them, and what leaves open whether it does."""


def _by_host(servers: Sequence[_Server], port: int) -> Iterator[_Asked]:
    """Each server with the hosts that it is asked by: a name wins over a wildcard, a longer wildcard over a shorter one.

    Raises `NotUnderstood` for a name that is an expression which no automaton has.
    """
    addresses = {listen.address for server in servers for listen in server.at(port)}
    ranked = [
        (rank, place, said) for place, server in enumerate(servers) for name in server.names for rank, said in _ranked(name)
    ]
    # One alone is asked by whatever name.
    for _, place, said in sorted(ranked, key=lambda one: one[:2]) if len(servers) > 1 else ():
        one = servers[place]
        everywhere = {listen.address for listen in one.at(port)} == addresses
        if said is not None:
            yield (said,), one, None if everywhere else one.at(port)[0].directive
        else:
            yield (), one, _saying(one, "$hostname")
    # The rest is for the default, which every address has of its own.
    defaults = [_default(servers, port, address) for address in sorted(addresses)]
    first, *others = defaults
    other = next((listen for server, listen in others if server is not first[0]), None)
    yield (), first[0], other.directive if other else None


def _saying(server: _Server, word: str) -> Directive:
    """Where a name of a server stands."""
    inside = server.directive.block.directives if server.directive.block else []
    return next(one for one in inside if one.name == "server_name" and word in map(str.lower, one.args))


def _default(servers: Sequence[_Server], port: int, address: str) -> tuple[_Server, _Listen]:
    here = [(server, one) for server in servers for one in server.at(port) if one.address == address]
    return next((both for both in here if any(word in both[1].directive.args for word in _DEFAULT)), here[0])


def _ranked(name: str) -> Iterator[tuple[tuple[int, int], Pattern | None]]:
    """The order of a name, and the hosts that it takes; none for the machine's own name, which nobody here knows."""
    name = name.lower() if not name.startswith("~") else name
    if name == "$hostname":
        yield (0, 1), None
    elif name.startswith("~"):
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


def _of_host(server: _Server, hosts: tuple[Pattern, ...], around: Around, maps: Sequence[Directive]) -> Iterator[Rule]:
    assert server.directive.block
    for rule in (*before(server.directive.block, around), *rules(server.directive, around, maps)):
        yield replace(rule, hosts=(*hosts, *rule.hosts))


def _left_open(by: Directive, hosts: tuple[Pattern, ...]) -> Iterator[Rule]:
    yield Rule("server", (pattern.ALL,), unread(by), hosts=hosts, at=by.at)
