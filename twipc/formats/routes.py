"""Reading regular expressions back as what a route matches: the counterpart of nothing that writes them."""

from __future__ import annotations

_STARS = {"[^/]*": "*", ".*": "**"}


def route_of(expression: str) -> tuple[str, str] | None:
    """(kind, path) of a pattern that a route amounts to, or None for any other expression."""
    if not expression.startswith("^/"):
        return None
    body = expression[1:]
    if body.endswith("(/|$)"):
        path = _path(body.removesuffix("(/|$)"), wild=False)
        # After a slash it would take the path itself and `//`, not what is below.
        return ("prefix", path) if path is not None and not path.endswith("/") else None
    if body.endswith("$"):
        path = _path(body[:-1], wild=False)
        if path is not None:
            return ("exact", path)
        path = glob_of(expression)
        return ("glob", path) if path is not None else None
    path = _path(body, wild=False)
    return ("prefix", path) if path is not None and path.endswith("/") else None


def glob_of(expression: str) -> str | None:
    """The glob that an anchored expression amounts to, or None."""
    if not (expression.startswith("^/") and expression.endswith("$")):
        return None
    return _path(expression[1:-1], wild=True)


def _path(body: str, *, wild: bool) -> str | None:
    """The path that a body of literals and wildcards stands for; None if it holds anything else."""
    path: list[str] = []
    index = 0
    while index < len(body):
        if body[index] == "\\":
            following = body[index + 1 : index + 2]
            # A letter would be a class, a digit a reference; a glob has no word for a literal star.
            if not following or following.isalnum() or (wild and following == "*"):
                return None
            path.append(following)
            index += 2
        elif wild and (star := next((star for star in _STARS if body.startswith(star, index)), "")):
            if path and path[-1] in _STARS.values():
                return None
            path.append(_STARS[star])
            index += len(star)
        elif body[index] in "^$.|?*+()[]{}":
            return None
        else:
            path.append(body[index])
            index += 1
    return "".join(path)
