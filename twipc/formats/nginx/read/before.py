"""What an nginx server does with requests before it looks for a location.

Source: the documentation of ngx_http_rewrite_module, nginx 1.30: its directives are done in their order, and the first that
answers ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from twipc.regex import late_regex
from twipc.routes import pattern
from twipc.routes.cases import METHODS
from twipc.routes.expression import NotUnderstood, expression
from twipc.routes.follow import automaton_of
from twipc.routes.hosts import AsItCame, HostPattern
from twipc.routes.pattern import Pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule

from ..tree import Block, Directive
from .leading import Around, foreign_includes, leads, sends, unread
from .sending import redirected

_REFUSES = ("if", ("($refused_path)",))
"""How our own configurations refuse what servers read differently; that they do is the baseline's business."""
_METHOD = late_regex("[A-Z]{3,}")
_EVERY_METHOD = (*METHODS, "X")


def before(server: Block, around: Around) -> Iterator[Rule]:
    """In the order in which they are done; what is not understood takes every request that it could."""
    for block in (*around.blocks[:1], server):
        yield from (_rule(other, unread(other)) for other in foreign_includes(block))
        off = (other for other in block.directives if other.name == "merge_slashes" and other.args == ("off",))
        yield from (_rule(other, unread(other)) for other in off)
    for one in server.directives:
        match one.name:
            case "return":
                yield _rule(one, leads(Block([one]), around.within(server)))
            case "rewrite":
                yield _rewritten(one, server, around)
            case "if" if (one.name, one.args) != _REFUSES:
                yield _if(one, server, around)
            case "break" | "auth_request" if one.args != ("off",):
                yield _rule(one, unread(one))


def _rule(one: Directive, outcome: Outcome, path: Pattern = pattern.ALL) -> Rule:
    return Rule(f"{one.name} {' '.join(one.args)}".strip(), (path,), outcome, at=one.at)


def _rewritten(one: Directive, server: Block, around: Around) -> Rule:
    try:
        path = expression(one.args[0] if one.args else "(")
    except NotUnderstood as why:
        return _rule(one, (Answer(OPEN, f"{why}, {one.place}"),))
    sent = redirected(one)
    if not sent:
        return _rule(one, unread(one), path)
    return _rule(one, sends(one, Block([]), around.within(server)), path)


class _Asked(Struct, frozen=True):
    """What a condition asks for, in the words of a rule."""

    hosts: tuple[HostPattern, ...] = ()
    not_hosts: tuple[HostPattern, ...] = ()
    paths: tuple[Pattern, ...] = ()
    not_paths: tuple[Pattern, ...] = ()
    methods: frozenset[str] | None = None
    scheme: str = ""


def _if(one: Directive, server: Block, around: Around) -> Rule:
    body = one.block or Block([])
    asked = _asked(one.args)
    answers = [inner for inner in body.directives if inner.name == "return" or redirected(inner)]
    if asked is None or not answers or answers[0] is not body.directives[0]:
        return _rule(one, unread(one))
    outcome = leads(Block(answers[:1]), around.within(server), " ".join(one.args))
    return Rule(
        f"if {' '.join(one.args)}",
        asked.paths or (pattern.ALL,),
        outcome,
        asked.not_paths,
        asked.hosts,
        asked.not_hosts,
        asked.methods,
        asked.scheme,
        one.at,
    )


def _asked(args: Sequence[str]) -> _Asked | None:
    words = " ".join(args).removeprefix("(").removesuffix(")").split()
    if len(words) != 3:
        return None
    of, how, value = words
    try:
        found = _compared(how.removeprefix("!"), value, literal=of != "$uri")
    except NotUnderstood:
        return None
    if found is None:
        return None
    turned = how.startswith("!")
    match of:
        case "$host" | "$http_host":
            host = AsItCame(found) if of == "$http_host" else found
            return _Asked(not_hosts=(host,)) if turned else _Asked(hosts=(host,))
        case "$uri" | "$document_uri":
            return _Asked(not_paths=(found,)) if turned else _Asked(paths=(found,))
        case "$request_method":
            automaton = automaton_of((found,))
            every = {*_EVERY_METHOD, *_METHOD.findall(value)}
            fit = {one for one in every if automaton.taker(automaton.walk(one.encode())) is not None}
            return _Asked(methods=frozenset(every - fit) if turned else frozenset(fit))
        case "$scheme" if value in ("http", "https") and how in ("=", "!="):
            other = {"http": "https", "https": "http"}[value]
            return _Asked(scheme=other if turned else value)
    return None


def _compared(how: str, value: str, *, literal: bool) -> Pattern | None:
    if how == "=":
        return pattern.whole(pattern.text(value)) if literal or "$" not in value else None
    return expression(value, any_case=how == "~*") if how in ("~", "~*") else None


def methods(server: Block) -> frozenset[str]:
    """Every method that a condition of a server names."""
    asked = (one for one in server.directives if one.name == "if" and "$request_method" in " ".join(one.args))
    return frozenset(name for one in asked for name in _METHOD.findall(" ".join(one.args)))
