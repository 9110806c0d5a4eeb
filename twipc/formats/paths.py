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
    parts = path.split("**")
    return "^" + ".*".join("[^/]*".join(literal(piece) for piece in part.split("*")) for part in parts) + "$"
