"""Reading regular expressions back as what a route matches: the counterpart of nothing that writes them."""

from __future__ import annotations


def route_of(expression: str) -> tuple[str, str] | None:
    """(kind, path) of a pattern that a route amounts to, or None for any other expression."""
    if not expression.startswith("^/"):
        return None
    body = expression[1:]
    if body.endswith("(/|$)"):
        path = _path(body.removesuffix("(/|$)"), wild=False)
        return ("prefix", path) if path is not None else None
    if body.endswith("$") and not body.endswith("\\$"):
        path = glob_of(expression)
        return ("glob" if "*" in path else "exact", path) if path is not None else None
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
        if body[index] == "\\" and index + 1 < len(body):
            path.append(body[index + 1])
            index += 2
        elif wild and body.startswith("[^/]*", index):
            path.append("*")
            index += 5
        elif wild and body.startswith(".*", index):
            path.append("**")
            index += 2
        elif body[index] in "^$.|?*+()[]{}":
            return None
        else:
            path.append(body[index])
            index += 1
    return "".join(path)
