"""Reading regular expressions back as what a route matches: the counterpart of nothing that writes them."""

from __future__ import annotations

import re

from twipc.regex import late_regex
from twipc.routes import pattern
from twipc.routes.expression import expression
from twipc.routes.pattern import Pattern

_TEXT = r"(?:\\[^\w*]|\\_|[^\\^$.|?*+()\[\]{}])"
"""A character that stands for itself: behind a backslash a letter would be a class, a digit a reference."""
_STAR = rf"(?:\(\?>\[\^/\]\*\?{_TEXT}+\)|\[\^/\]\*{_TEXT}*)"
_STARRED = late_regex(_STAR)
_FIRST = late_regex(rf"{_TEXT}*{_STAR}*")
_ACROSS = late_regex(
    rf"\.\*(?P<rest>{_TEXT}*)(?P<end>\$)"
    rf"|\(\?>\.\*\?(?P<found>{_TEXT}+)\)"
    rf"|\(\?:\(\?!(?P<begins>{_STAR}+(?P<closed>\$)?)\)\[\^/\]\*\+/\)\*\+(?P=begins)"
)


def looked_for(source: str, *, any_case: bool = False) -> Pattern:
    """What an expression, ours or anyone's, looks for; raises `NotUnderstood`.

    Ours never look twice for what a glob has found, which in others no automaton here has.
    """
    glob = None if any_case or "(?" not in source else glob_of(source)
    return expression(source, any_case=any_case) if glob is None else pattern.path("glob", glob)


def route_of(expression: str) -> tuple[str, str] | None:
    """(kind, path) of a pattern that a route amounts to, or None for any other expression."""
    if not expression.startswith("^/"):
        return None
    body = expression[1:]
    if body.endswith("(/|$)"):
        path = _path(body.removesuffix("(/|$)"))
        # After a slash it would take the path itself and `//`, not what is below.
        return ("prefix", path) if path is not None and not path.endswith("/") else None
    if body.endswith("$"):
        path = _path(body[:-1])
        if path is not None:
            return ("exact", path)
        path = glob_of(expression)
        return ("glob", path) if path is not None else None
    path = _path(body)
    return ("prefix", path) if path is not None and path.endswith("/") else None


def glob_of(expression: str) -> str | None:
    """The glob that an anchored expression amounts to, or None."""
    first = _FIRST.match(expression, 1)
    if not expression.startswith("^/") or first is None:
        return None
    at = first.end()
    ends = expression[at:] == "$"
    found = _within(first[0], last=ends)
    while not ends:
        across = _ACROSS.match(expression, at)
        if across is None or found is None:
            return None
        at = across.end()
        ends = at == len(expression) and (across["end"] or across["closed"]) is not None
        if not ends and (across["end"] or across["closed"]):
            return None
        found = _joined(found, _block(across, last=ends))
    return found


def _block(across: re.Match[str], *, last: bool) -> str | None:
    """What a glob has behind `**`."""
    if across["begins"] is None:
        return _plain(across["rest"] or across["found"] or "")
    block = _within(across["begins"].removesuffix("$" if last else ""), last=last)
    # Without a second star, or with three in a row, it is not how a glob is written.
    return block[1:] if block and "*" in block[1:] and block[1] != "*" else None


def _joined(glob: str, block: str | None) -> str | None:
    return None if block is None else f"{glob}**{block}"


def _within(expression: str, *, last: bool) -> str | None:
    """A part of a glob between `**`: whatever follows a star is looked for once, or stands where a slash or the end says."""
    start = _STARRED.search(expression)
    path = _plain(expression[: start.start()] if start else expression)
    stars = [one[0] for one in _STARRED.finditer(expression)]
    for nth, star in enumerate(stars, 1):
        once = star.startswith("(")
        text = _plain(star[len("(?>[^/]*?") : -1] if once else star[len("[^/]*") :])
        if once == ("/" in text or (last and nth == len(stars))):
            return None
        path += f"*{text}"
    return path


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _path(body: str) -> str | None:
    """The path that a body of literals stands for; None if it holds anything else."""
    return _plain(body) if re.fullmatch(rf"(?:\\\*|{_TEXT})*", body) else None
