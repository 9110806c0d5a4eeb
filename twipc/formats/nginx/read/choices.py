"""The rows of the map that chooses a route: whom each is for, and what it does."""

from __future__ import annotations

import re

from twipc.formats.routes import route_of


def row_of(expression: str) -> tuple[object, ...] | None:
    """(kind, path) and, where they are asked for, (hosts, methods) of a row of the map that chooses; None for any other."""
    hosts, _, others = expression.removeprefix("~^").partition(" ")
    methods, _, path = others.partition(" ")
    found = route_of(f"^{path}")
    asked = (_alternatives(hosts), _alternatives(methods))
    if not expression.startswith("~^") or found is None or None in asked:
        return None
    return (*found, asked) if any(asked) else found


def _alternatives(expression: str) -> tuple[str, ...] | None:
    r"""The names that `(?:a\.b|\S*\.c)` stands for, none for `\S+`; None for any other expression."""
    if expression == r"\S+":
        return ()
    inside = expression.removeprefix("(?:").removesuffix(")").split("|")
    names = tuple(re.sub(r"\\([.-])", r"\1", re.sub(r"^\\S\*", "*", one)) for one in inside)
    plain = all(re.fullmatch(r"\*?[A-Za-z0-9.-]+", name) for name in names)
    dots = all(re.fullmatch(r"(?:\\S\*)?(?:[A-Za-z0-9-]|\\\.)+", one) for one in inside)
    return names if plain and dots and expression == f"(?:{'|'.join(inside)})" else None


def scheme_of(expression: str) -> tuple[str, str]:
    """The scheme that a row asks for, and the rest of it; what is no scheme stays."""
    came, _, rest = expression.removeprefix("~^").partition(" ")
    return (came, f"~^{rest}") if expression.startswith("~^") and came in ("http", r"\S+") else ("", expression)


def came_by(action: tuple[str, object], *, of_http: bool, tls: bool) -> tuple[str, object]:
    """An action with its requests: just those of a redirect to https are not for all, where some come by https."""
    match action:
        case ("redirect", (status, "scheme", port)):
            what = "scheme" if of_http == tls else "scheme, whatever it came by" if tls else "scheme, from http"
            return ("redirect", (status, what, port))
    return (f"{action[0]}, from http only", action[1]) if of_http else action
