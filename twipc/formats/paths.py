"""How routes choose by path, as regular expressions that nginx (PCRE2) and haproxy (PCRE2) read alike."""

from __future__ import annotations

_SPECIAL = frozenset("\\^$.|?*+()[]{}/-")


HOST = r"^([a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])$"
"""A host, without its port, that a client is told again; none at all, and what no host looks like, is no place to go."""


def literal(text: str) -> str:
    """A regular expression that matches just `text`; a slash and a hyphen need no escape."""
    return "".join(f"\\{character}" if character in _SPECIAL - {"/", "-"} else character for character in text)


def pattern(kind: str, path: str) -> str:
    """What the normalised path must match for `prefix`, `exact` or `glob`.

    A prefix that ends with a slash takes what is below it, another takes itself too. In a glob `*` stays within a segment.
    """
    if kind == "exact":
        return f"^{literal(path)}$"
    if kind == "prefix":
        return f"^{literal(path)}" if path.endswith("/") else f"^{literal(path)}(/|$)"
    return f"^{_glob(path)}$"


def _glob(path: str) -> str:
    """Each part takes the first place that it fits and never looks for another: what follows could only lose by a later one.

    So the time grows with the path's length, not with its power by the number of stars: `[^/]*x[^/]*y` has nginx look for 0.3 s
    in a path of 8 KB, and fail (`python -m pytest tests/conformance/test_globs.py` asks for such paths).
    An engine whose expressions have no atomic groups, such as haproxy without PCRE, refuses them at its start.
    """
    first, *others = path.split("**")
    across = (_after(block, last=place == len(others)) for place, block in enumerate(others, 1))
    return _within(first, last=not others) + "".join(across)


def _within(block: str, *, last: bool) -> str:
    """Literals with `*` between them: the first place after a star, but where a slash or the path's end says which one."""
    start, *pieces = block.split("*")
    found = literal(start)
    for place, piece in enumerate(pieces, 1):
        only = "/" in piece or (last and place == len(pieces))
        found += f"[^/]*{literal(piece)}" if only else f"(?>[^/]*?{literal(piece)})"
    return found


def _after(block: str, *, last: bool) -> str:
    """What stands behind `**`: the first place of it; with a `*` in it, the first segment in which it begins."""
    if "*" not in block:
        return f".*{literal(block)}" if last else f"(?>.*?{literal(block)})"
    found = _within(f"*{block}", last=last) + ("$" if last else "")
    return f"(?:(?!{found})[^/]*+/)*+{found.removesuffix('$') if last else found}"
