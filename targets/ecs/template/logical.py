"""Logical names: letters and digits alone, each of its own service, the same whatever other services there are."""

from __future__ import annotations


def logical(name: str, kind: str) -> str:
    """`web` as `WebTask`; no two names are one, also where a hyphen goes: `a-1` is `AQ1Task`, `a1` is `A1Task`.

    A hyphen makes its letter large. Q stands before a digit for the hyphen, and is doubled where it is a letter itself.
    """
    first, *rest = name.split("-")
    return "".join([first.capitalize(), *(_part(part) for part in rest), kind])


def _part(part: str) -> str:
    if part[0].isdigit():
        return f"Q{part}"
    return f"Q{part.capitalize()}" if part[0] == "q" else part.capitalize()
