"""What the conditions of a haproxy configuration ask of a request, as alternatives of what must hold together.

Source: the configuration manual of haproxy 3.2, 7.1 (ACL basics) and 7.2 (Using ACLs to form conditions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from twipc.formats.routes import looked_for
from twipc.regex import late_regex
from twipc.routes import pattern
from twipc.routes.cases import METHODS
from twipc.routes.expression import NotUnderstood
from twipc.routes.hosts import AsItCame, before_colon, lowered
from twipc.routes.pattern import Either, Pattern, one_of

from .needs import ALWAYS, Alternatives, Needs, all_of, joined, turned

COMMON = frozenset((*METHODS, "X"))
NORMALISED = "var(txn.path)"
"""How our own configurations ask for the path: decoded, slashes merged."""
NAMED = "var(txn.host)"
"""And for the host."""
_PATHS = frozenset({"path", "path_beg", "path_end", "path_reg", "path_sub", "path_dir", "path_str", "path_m", NORMALISED})
_HOSTS = ("hdr", "req.hdr", "req.fhdr", "hdr_beg", "hdr_end", "hdr_reg", "hdr_sub", "hdr_dom", "hdr_str")
_OF_HOST = late_regex(r"([a-z_.]+)\((?:[Hh][Oo][Ss][Tt])(?:,-?1)?\)((?:,lower|,field\(1,:\))*)")
_CHANGES = late_regex("lower|field")
_PREDEFINED = {
    "HTTP": (),
    "TRUE": (),
    "FALSE": None,
    "WAIT_END": (),
    "HTTP_1.0": None,
    "HTTP_1.1": (),
    **{f"METH_{method}": (method,) for method in METHODS},
}
_METHODS_OF = {"METH_GET": ("GET", "HEAD")}

_PASSWORD = late_regex(r"http_auth\([^(),]+\)")
_RATE = late_regex(r"(?:sc_(?:http_req|conn|http_err)_rate\([0-2]\)|sc[0-2]_(?:http_req|conn|http_err)_rate(?:\(\))?)")


class Acls(Struct):
    """The named conditions of a section, and those that stand in braces."""

    named: Mapping[str, Sequence[tuple[str, ...]]]
    every: frozenset[str] = COMMON
    """All methods that are told apart."""
    own: frozenset[str] = frozenset()
    """Variables that hold what ours of their name do."""
    who_may: bool = False
    """Whether tests for passwords and rates are those that someone passes who may ask."""

    def condition(self, words: Sequence[str]) -> Alternatives:
        """`if …` or `unless …`; nothing at all is always."""
        if not words:
            return ALWAYS
        terms = [list(self._terms(part)) for part in _split(words[1:])]
        if words[0] == "if":
            return tuple(one for part in terms for one in all_of(self._asks(*term) for term in part))
        # Not (a and b, or c): (not a or not b), and not c.
        return all_of(tuple(one for name, negated in part for one in self._asks(name, not negated)) for part in terms)

    def _terms(self, words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Each test with whether it is turned round."""
        waiting = iter(words)
        for word in waiting:
            negated = word.startswith("!")
            name = word.removeprefix("!") or next(waiting, "")
            if name == "{":
                inside = []
                for inner in waiting:
                    if inner == "}":
                        break
                    inside.append(inner)
                yield tuple(inside), negated
            else:
                yield (name,), negated

    def _asks(self, test: tuple[str, ...], negated: bool) -> Alternatives:
        tests = self.named.get(test[0], [test]) if len(test) == 1 else [test]
        asked = joined([self._test(words) for words in tests])
        return self.turned(asked) if negated else asked

    def turned(self, asked: Alternatives) -> Alternatives:
        """Just what none of them fits; each asks for one kind of thing."""
        return all_of(turned(one, self.every) for one in asked)

    def _test(self, words: tuple[str, ...]) -> Needs | None:
        if self.who_may and _PASSWORD.fullmatch(words[0] if len(words) == 1 else ""):
            return Needs()
        if self.who_may and len(words) == 3 and _RATE.fullmatch(words[0]) and words[1] in ("gt", "ge"):
            return None
        found = _test(words)
        if words[:1] in ((NORMALISED,), (NAMED,)) and words[0] not in self.own:
            return Needs(open=" ".join(words))
        return found


def _split(words: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word in ("or", "||"):
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _test(words: tuple[str, ...]) -> Needs | None:
    """What one test asks for; None if no request of ours passes it."""
    of, *rest = words or ("",)
    if of in _PREDEFINED and not rest:
        methods = _METHODS_OF.get(of, _PREDEFINED[of])
        return None if methods is None else Needs(methods=frozenset(methods) or None)
    if of == "ssl_fc" and not rest:
        return Needs(scheme="https")
    any_case, method, values = _flags(of, rest)
    if method == "unknown":
        return Needs(open=" ".join(words))
    if of == "method" and method == "str" and not any_case:
        return Needs(methods=frozenset(values))
    try:
        texts = tuple(_pattern(method, value, any_case=any_case) for value in values)
    except NotUnderstood as why:
        return Needs(open=str(why))
    if of in _PATHS:
        return Needs(paths=(Either(texts),), raw=of != NORMALISED)
    if of == NAMED:
        return Needs(hosts=(Either(texts),))
    changed = _of_host(of)
    if changed is None:
        return Needs(open=" ".join(words))
    host: Pattern = Either(texts)
    for change in reversed(changed):
        host = lowered(host) if change == "lower" else before_colon(host)
    return Needs(hosts=(AsItCame(host),))


def _of_host(fetch: str) -> list[str] | None:
    """What is made of the host before it is looked at; None for anything else."""
    found = _OF_HOST.fullmatch(fetch)
    return _CHANGES.findall(found[2]) if found and found[1] in _HOSTS else None


def _flags(of: str, words: Sequence[str]) -> tuple[bool, str, list[str]]:
    """Whether case makes no difference, how values are matched, and the values."""
    suffix = of.partition("(")[0].rpartition("_")[2]
    method = suffix if suffix in ("beg", "end", "reg", "sub", "dir", "dom") else "str"
    any_case = False
    waiting = list(words)
    while waiting and waiting[0].startswith("-"):
        flag = waiting.pop(0)
        if flag == "--":
            break
        if flag == "-i":
            any_case = True
        elif flag == "-m" and waiting:
            method = waiting.pop(0)
        else:
            return any_case, "unknown", []
    known = method in ("str", "beg", "end", "reg", "sub", "dir", "dom")
    return any_case, method if known and waiting else "unknown", waiting


def _pattern(method: str, value: str, *, any_case: bool) -> Pattern:
    if method == "reg":
        return looked_for(value, any_case=any_case)
    literal = _in_any_case(value) if any_case else pattern.text(value)
    match method:
        case "str":
            return pattern.whole(literal)
        case "beg":
            return pattern.beginning(literal)
        case "end":
            return pattern.Chain((literal, pattern.End()))
        case "dir" | "dom":
            # What stands between parts is cut off the ends of a value, too.
            cut = value.strip("/?" if method == "dir" else "/?.:")
            if not cut:
                raise NotUnderstood(f"`{method}` of `{value}`")
            literal = _in_any_case(cut) if any_case else pattern.text(cut)
            between = one_of(b"/?" if method == "dir" else b"/?.:")
            return pattern.Chain((Either((pattern.Start(), between)), literal, Either((pattern.End(), between))))
    return literal


def _in_any_case(value: str) -> Pattern:
    return pattern.Chain(
        tuple(
            one_of({*byte.lower().encode(), *byte.upper().encode()}) if byte.isascii() else pattern.text(byte) for byte in value
        )
    )
