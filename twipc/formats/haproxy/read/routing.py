"""What a haproxy configuration, ours or anyone's, does with which requests: a frontend's rules as a table.

Source: the configuration manual of haproxy 3.2, 4.2 (`use_backend`, `redirect`) and 4.3 (actions of `http-request`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twipc.routes import pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule, Table

from ..sections import Line, Section, parse
from .asking import ALWAYS, EVERY_METHOD, Acls, Alternatives, Needs

_ENDS = ("deny", "return", "redirect", "reject", "tarpit", "silent-drop", "auth")
_STEERS = ("set-path", "set-pathq", "replace-path", "replace-pathq", "set-uri", "replace-uri", "set-method", "use-service")
_OWN_REFUSALS = (
    ("unless", "{", "var(txn.path)", "-m", "beg", "--", "/", "}"),
    ("if", "{", "var(txn.path)", "-m", "reg", "--", "(^|/)[.][.]?(/|$)", "}"),
    ("if", "{", "path", "-m", "reg", "-i", "--", "%([01][0-9a-f]|7f)", "}"),
    ("if", "HTTP_1.1", "!{", "req.hdr(host)", "-m", "len", "gt", "0", "}"),
    ("if", "METH_TRACE", "or", "METH_CONNECT"),
)
"""How our own configurations refuse what servers read differently; that they do is the baseline's business."""
_SCHEME = re.compile(r"https://%\[var\(txn\.host\)\](?::([0-9]+))?%\[pathq\]")
_OTHER_HOST = re.compile(r"//([a-z0-9.-]+)%\[pathq\]")


def routing(text: str, port: int | None = None) -> Table:
    """The rules of the frontend that comes first, or of the one that binds `port`; raises `NotHaproxy` and `LookupError`."""
    sections, _ = parse(text)
    entries = [one for one in sections if one.kind in ("frontend", "listen") and _ports(one)]
    found = [one for one in entries if port is None or port in _ports(one)]
    if not found:
        raise LookupError("it has no `frontend` with a port" if port is None else f"no frontend binds port {port}")
    backends = {one.name.split(" ")[0]: one for one in sections if one.kind in ("backend", "listen")}
    return _Frontend(found[0], backends, sections).table()


def _ports(section: Section) -> frozenset[int]:
    addresses = [address for line in section.lines if line.words[0] == "bind" for address in line.words[1:2]]
    return frozenset(int(last) for address in addresses if (last := address.rpartition(":")[2]).isdecimal())


class _Frontend:
    def __init__(self, section: Section, backends: dict[str, Section], sections: Sequence[Section]) -> None:
        self._section = section
        self._backends = backends
        self._sections = sections
        named: dict[str, list[tuple[str, ...]]] = {}
        for line in section.lines:
            if line.words[0] == "acl" and len(line.words) > 2:
                named.setdefault(line.words[1], []).append(line.words[2:])
        self._acls = Acls(named)
        self._raw = False

    def table(self) -> Table:
        """First what `http-request` does, then `redirect`, then `use_backend`, each in its order."""
        lines = self._section.lines
        rules = [rule for line in lines if line.words[0] == "http-request" for rule in self._request(line)]
        rules += [
            rule for line in lines if line.words[0] == "redirect" for rule in self._rules(line, *_redirect(line.words[1:]))
        ]
        rules += [rule for line in lines if line.words[0] == "use_backend" and len(line.words) > 1 for rule in self._use(line)]
        default = next((line for line in lines if line.words[0] == "default_backend" and len(line.words) > 1), None)
        name = default.words[1] if default else self._section.name if self._section.kind == "listen" else ""
        outcome: Outcome = self._backend(name) if name else (Answer("status", "503"),)
        https = any("ssl" in line.words for line in lines if line.words[0] == "bind")
        return Table(tuple(rules), outcome, (default.number,) if default else (), https=https, raw=self._raw)

    def _request(self, line: Line) -> Iterator[Rule]:
        action, rest = line.words[1] if line.words[1:] else "", line.words[2:]
        if action in _STEERS or action.startswith("lua."):
            yield from self._rules(line, (Answer(OPEN, f"`{action}`, line {line.number}"),), _condition(rest))
        elif action in _ENDS:
            condition = _condition(rest)
            if condition not in _OWN_REFUSALS and "req.body_size" not in condition:
                yield from self._rules(line, (_ended(action, rest),), condition)

    def _use(self, line: Line) -> Iterator[Rule]:
        name = line.words[1]
        dynamic = "%[" in name
        outcome: Outcome = (Answer(OPEN, f"`{name}`, line {line.number}"),) if dynamic else self._backend(name)
        yield from self._rules(line, outcome, line.words[2:])

    def _rules(self, line: Line, outcome: Outcome, condition: Sequence[str]) -> Iterator[Rule]:
        asked: Alternatives = self._acls.condition(condition) if condition else ALWAYS
        said = " ".join(line.words)
        for needs in asked:
            self._raw = self._raw or needs.raw
            yield _rule(said, needs, outcome, line)

    def _backend(self, name: str, through: tuple[str, ...] = ()) -> Outcome:
        """What a backend comes to: itself, or what it says without asking a server, or the one behind a tier in between."""
        section = self._backends.get(name)
        if section is None or name in through:
            return (Answer(OPEN, f"no backend `{name}`"),)
        servers = [
            line.words for line in section.lines if line.words[0] in ("server", "server-template") and len(line.words) > 2
        ]
        if not servers:
            ends = [
                line.words for line in section.lines if line.words[:1] == ("http-request",) and line.words[1:2] != ("deny",)
            ]
            ended = next((words for words in ends if words[1] in _ENDS and not _condition(words[2:])), None)
            return (_ended(ended[1], ended[2:]),) if ended else (Answer("status", "503"),)
        within = servers[0][2] if len(servers) == 1 and servers[0][2].startswith("abns@") else ""
        for other in self._sections if within else ():
            if any(line.words[:2] == ("bind", within) for line in other.lines):
                inner = next(
                    (line.words[1] for line in other.lines if line.words[0] == "default_backend" and line.words[1:]), ""
                )
                return self._backend(inner, (*through, name))
        return (Answer("backend", name),)


def _rule(said: str, needs: Needs, outcome: Outcome, line: Line) -> Rule:
    return Rule(
        said,
        needs.paths or (pattern.ALL,),
        (Answer(OPEN, f"`{needs.open}`, line {line.number}"),) if needs.open else outcome,
        needs.not_paths,
        needs.hosts,
        needs.not_hosts,
        None if needs.methods == EVERY_METHOD else needs.methods,
        needs.scheme,
        (line.number,),
    )


def _condition(words: Sequence[str]) -> tuple[str, ...]:
    place = next((place for place, word in enumerate(words) if word in ("if", "unless")), len(words))
    return tuple(words[place:])


def _ended(action: str, words: Sequence[str]) -> Answer:
    rest = list(words)
    said = {name: rest[place + 1] for place, name in enumerate(rest[:-1])}
    match action:
        case "redirect":
            return _redirect(rest)[0][0]
        case "deny" | "tarpit":
            return Answer("status", said.get("deny_status", said.get("status", "403" if action == "deny" else "500")))
        case "return":
            return Answer("status", said.get("status", "200"))
        case "auth":
            return Answer("status", "401")
    return Answer("no answer", "")


def _redirect(words: Sequence[str]) -> tuple[tuple[Answer], tuple[str, ...]]:
    """Where a redirect leads, and its condition."""
    said = {name: words[place + 1] for place, name in enumerate(words[:-1])}
    status = said.get("code", "302")
    target = next((f"{kind} {said[kind]}" for kind in ("location", "prefix", "scheme") if kind in said), "nowhere")
    if target.startswith("location "):
        target = target.removeprefix("location ")
        if found := _SCHEME.fullmatch(target):
            target = f"https{f' at port {found[1]}' if found[1] not in (None, '443') else ''}"
        elif found := _OTHER_HOST.fullmatch(target):
            target = f"host {found[1]}"
        else:
            target = target.replace("%%", "%")
    return (Answer("redirect", f"{status} to {target}"),), _condition(words)
