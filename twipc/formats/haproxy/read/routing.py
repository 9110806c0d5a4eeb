"""What a haproxy configuration, ours or anyone's, does with which requests: a frontend's rules as a table.

Source: the configuration manual of haproxy 3.2, 4.2 (`use_backend`, `redirect`, `monitor-uri`, `stats uri`) and 4.3 (actions of
`http-request`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from twipc.routes import pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule, Table

from ..sections import Line, parse
from .asking import COMMON, NAMED, Acls
from .ending import ENDS, condition_of, ended
from .errors import is_an_error, told
from .needs import ALWAYS, Alternatives, Needs, both
from .ours import MEASURES, OWN, REFUSALS, VARIABLES, is_ours
from .proxies import Proxies
from .proxy import Proxy
from .ruling import left_open, rule_of
from .steering import at_once, makers, of_answers, of_contents, steers

_STATISTICS = "/haproxy?stats"


def routing(text: str, port: int | None = None) -> Table:
    """The rules of the first frontend that routes, or of the one that binds `port`; raises `NotHaproxy` and `LookupError`."""
    sections, _ = parse(text)
    proxies = Proxies(sections)
    entries = proxies.entries
    asked = next((first for one in proxies.asked_first for _, first, _ in one.binds), None) if port is None else port
    found = [one for one in entries if asked is not None and one.at(asked)]
    if not found:
        raise LookupError("it has no `frontend` with a port" if port is None else f"no frontend binds port {port}")
    return _Frontend(found[0], found[1:], proxies).table()


def ports(text: str) -> list[int]:
    """Those that its frontends bind, the one that is asked by default before all; of a range the first."""
    sections, _ = parse(text)
    return list(dict.fromkeys(first for one in Proxies(sections).asked_first for _, first, _ in one.binds))


class _Frontend(Struct, dict=True):
    proxy: Proxy
    others: Sequence[Proxy]
    """Those that bind the same port: which is asked, the address says."""
    proxies: Proxies
    through: tuple[str, ...] = ()
    """Those that requests came through before, within the same haproxy."""
    raw: bool = False

    @cached_property
    def variables(self) -> frozenset[str]:
        """Of our own, those that are made here as we make them."""
        return frozenset(
            name
            for name, made in VARIABLES.items()
            if list(makers(self.proxy, name)) == [("http-request", f"set-{name}", *made)]
        )

    def table(self) -> Table:
        rules = tuple(self._rest(ALWAYS))
        default, outcome = self.proxy.default[0], self._by_default(self.proxy)
        https = any("ssl" in line.words for line in self.proxy.lines if line.words[0] == "bind")
        return Table(rules, outcome, default, https=https, raw=self.raw, methods=self.proxies.methods)

    def _rest(self, within: Alternatives) -> Iterator[Rule]:
        """All that the frontend says to some of the requests that come to it, but for its default."""
        yield from self._around(within)
        yield from self._asking(self.proxy, within)
        acls = self._acls(self.proxy)
        for line in self.proxy.lines:
            if line.words[0] == "use_backend" and len(line.words) > 1:
                yield from self._use(line, acls, within)
        if not self._is_conditional(self.proxy.default[0]):
            yield from self._inside(self.proxy.default[1], within)

    def _acls(self, proxy: Proxy) -> Acls:
        named: dict[str, list[tuple[str, ...]]] = {}
        for line in proxy.lines:
            if line.words[0] == "acl" and len(line.words) > 2:
                perhaps = line.number in self.proxies.conditional
                named.setdefault(line.words[1], []).append(("acl", "in", ".if") if perhaps else line.words[2:])
        return Acls(named, COMMON | self.proxies.methods, self.variables)

    def _around(self, within: Alternatives) -> Iterator[Rule]:
        """What decides before any rule: whether it is HTTP at all, who listens, and the page of a monitor, without a query."""
        for other in self.others:
            bind = next(line for line in other.lines if line.words[0] == "bind")
            yield rule_of(" ".join(bind.words), Needs(), left_open(bind), bind)
        acls = replace(self._acls(self.proxy), who_may=True)
        for line, condition in at_once(self.proxy):
            yield from self._rules(line, left_open(line), condition, acls, within)
        mode = next((line for line in reversed(self.proxy.lines) if line.words[0] == "mode"), None)
        if mode and mode.words[1:] != ("http",):
            yield from (rule_of(" ".join(mode.words), needs, left_open(mode), mode) for needs in within)
        for line in self.proxy.lines:
            if line.words[0] == "monitor-uri" and len(line.words) == 2:
                fails = any(one.words[:2] == ("monitor", "fail") for one in self.proxy.lines)
                unsure = fails or "?" in line.words[1] or self._is_conditional((line.number,))
                outcome = left_open(line) if unsure else (Answer("status", "200"),)
                self.raw = True
                path = pattern.whole(pattern.text(line.words[1].partition("?")[0]))
                for needs in both(within, (Needs(paths=(path,), raw=True),)):
                    yield rule_of(" ".join(line.words), needs, outcome, line)

    def _asking(self, proxy: Proxy, within: Alternatives) -> Iterator[Rule]:
        """What a frontend or a backend does itself: by `tcp-request`, `http-request`, `stats` and `redirect`, in this order."""
        acls = self._acls(proxy)
        for line in of_contents(proxy):
            yield from self._rules(line, left_open(line), condition_of(line.words[3:]), acls, within)
        left = within
        for line in proxy.lines:
            if line.words[0] != "http-request" or len(line.words) < 2:
                continue
            action, rest = line.words[1], line.words[2:]
            condition = condition_of(rest)
            if action == "allow":
                asked = acls.condition(condition) if condition else ALWAYS
                left = both(left, self._unless(acls, condition)) if condition else ()
                if any(needs.open for needs in asked) or line.number in self.proxies.conditional:
                    left = tuple(Needs(open="allow") for _ in left[:1])
            elif steers(action, rest):
                yield from self._rules(line, (Answer(OPEN, f"`{action}`, line {line.number}"),), condition, acls, left)
            elif action in ENDS and condition not in REFUSALS and not MEASURES & set(condition):
                refuses = action in ("deny", "auth", "reject", "tarpit", "silent-drop")
                of = replace(acls, who_may=True) if refuses else acls
                yield from self._rules(line, self._ended(action, rest, (proxy, self.proxy)), condition, of, left)
        yield from self._statistics(proxy, within)
        for line in proxy.lines:
            if line.words[0] == "redirect":
                outcome = self._ended("redirect", line.words[1:], ())
                yield from self._rules(line, outcome, condition_of(line.words), acls, within)
        for line in of_answers(proxy):
            yield from self._rules(line, left_open(line), (), acls, within)

    def _ended(self, action: str, words: Sequence[str], proxies: Sequence[Proxy]) -> Outcome:
        """What it says in these; of another's variable by the name of ours nobody here knows what it holds."""
        if action == "redirect" and NAMED not in self.variables and any(NAMED in word for word in words):
            return (Answer(OPEN, f"`{NAMED}`"),)
        answer = ended(action, words)
        return self._error(answer.what, proxies) if is_an_error(action, words) else (answer,)

    def _error(self, status: str, proxies: Sequence[Proxy]) -> Outcome:
        return told(status, proxies, self.proxies.conditional)

    def _is_conditional(self, numbers: Collection[int]) -> bool:
        return not self.proxies.conditional.isdisjoint(numbers)

    def _unless(self, acls: Acls, condition: Sequence[str]) -> Alternatives:
        return acls.condition(("unless" if condition[0] == "if" else "if", *condition[1:]))

    def _statistics(self, proxy: Proxy, within: Alternatives) -> Iterator[Rule]:
        """The page of `stats uri`, below which all is its own."""
        lines = [line for line in proxy.lines if line.words[0] == "stats"]
        if not lines:
            return
        uri = next((line.words[2] for line in lines if line.words[1:2] == ("uri",) and len(line.words) > 2), _STATISTICS)
        path, query, _ = uri.partition("?")
        begin = pattern.whole(pattern.text(path)) if query else pattern.beginning(pattern.text(path))
        self.raw = True
        unsure = query or self._is_conditional([line.number for line in lines])
        outcome = left_open(lines[0]) if unsure else (Answer("statistics", ""),)
        asks = Needs(paths=(begin,), methods=frozenset(("GET", "HEAD", "POST")), raw=True)
        for needs in both(within, (asks,)):
            yield rule_of("stats", needs, outcome, lines[0])

    def _use(self, line: Line, acls: Acls, within: Alternatives) -> Iterator[Rule]:
        name, condition = line.words[1], line.words[2:]
        if "%[" in name or line.number in self.proxies.conditional:
            yield from self._rules(line, (Answer(OPEN, f"`{name}`, line {line.number}"),), condition, acls, within)
            return
        yield from self._inside(name, both(within, acls.condition(condition)) if condition else within)
        yield from self._rules(line, self._backend(name), condition, acls, within)

    def _inside(self, name: str, within: Alternatives) -> Iterator[Rule]:
        """What a backend says itself to some of the requests that come to it."""
        proxy = self.proxies.backends.get(name)
        if proxy is None or self._is_ours(proxy):
            return
        if proxy is not self.proxy:
            yield from self._asking(proxy, within)
        acls = self._acls(proxy)
        for line in proxy.lines:
            if line.words[0] in ("use-server", "dispatch"):
                yield from self._rules(line, left_open(line), condition_of(line.words[2:]), acls, within)
        for line in self.proxies.sockets.unclear(proxy):
            yield from self._rules(line, left_open(line), (), acls, within)
        inner = self.proxies.sockets.behind(proxy)
        if inner and inner.name not in (*self.through, self.proxy.name):
            yield from self._behind(inner, within)

    def _behind(self, inner: Proxy, within: Alternatives) -> Iterator[Rule]:
        """What a frontend says that is reached from a backend of the same haproxy: by http, whatever came to the first."""
        by_scheme = next((line for line in inner.lines if any("ssl_" in word for word in line.words)), None)
        if by_scheme:
            yield from (rule_of(" ".join(by_scheme.words), needs, left_open(by_scheme), by_scheme) for needs in within)
            return
        other = _Frontend(inner, (), self.proxies, (*self.through, self.proxy.name))
        yield from other._rest(within)
        self.raw = self.raw or other.raw

    def _rules(
        self, line: Line, outcome: Outcome, condition: Sequence[str], acls: Acls, within: Alternatives
    ) -> Iterator[Rule]:
        asked = acls.condition(condition) if condition else ALWAYS
        if line.number in self.proxies.conditional:
            outcome = left_open(line)
        for needs in both(within, asked):
            self.raw = self.raw or needs.raw
            yield rule_of(" ".join(line.words), needs, outcome, line)

    def _backend(self, name: str, through: tuple[str, ...] = ()) -> Outcome:
        """What a backend comes to: itself, or what it says without asking a server, or the one behind a tier in between."""
        proxy = self.proxies.backends.get(name)
        if proxy is None or name in through:
            return (Answer(OPEN, f"no backend `{name}`"),)
        lines = proxy.lines
        servers = [line.words for line in lines if line.words[0] in ("server", "server-template") and len(line.words) > 2]
        if not servers:
            ends = [line for line in lines if line.words[:1] == ("http-request",) and line.words[1:2] != ("deny",)]
            end = next((one for one in ends if one.words[1] in ENDS and not condition_of(one.words[2:])), None)
            if end and self._is_conditional((end.number,)):
                return left_open(end)
            asked = (proxy, self.proxy)
            return self._ended(end.words[1], end.words[2:], asked) if end else self._error("503", asked)
        inner = self.proxies.sockets.behind(proxy)
        return (Answer("backend", name),) if inner is None else self._by_default(inner, (*through, name))

    def _by_default(self, proxy: Proxy, through: tuple[str, ...] = ()) -> Outcome:
        """What becomes of what no rule of a frontend takes."""
        at, name = proxy.default
        if self._is_conditional(at):
            return (Answer(OPEN, f"`default_backend {name}`, line {at[0]}"),)
        return self._backend(name, through) if name else self._error("503", (proxy,))

    def _is_ours(self, proxy: Proxy) -> bool:
        """Whether a backend does just what one of ours does: it ends requests by one line, or has them wait in another tier."""
        if not proxy.name.startswith(OWN):
            return False
        inner = self.proxies.sockets.behind(proxy)
        if inner is None:
            asks = any(line.words[0].startswith("server") for line in proxy.lines)
            return not asks and all(is_ours(line.words, ends=NAMED in self.variables) for line in proxy.lines)
        held = inner.name == proxy.name.replace("_hold_", "_held_", 1) and inner.name.endswith(f"_{inner.default[1]}")
        return held and all(is_ours(line.words, holds=inner.default[1]) for of in (proxy, inner) for line in of.lines)
