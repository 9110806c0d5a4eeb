"""How haproxy answers a request itself.

Source: the configuration manual of haproxy 3.2, 4.2 (`redirect`) and 4.3 (`deny`, `return`, `redirect`, `tarpit`, `auth`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from twipc.routes.table import OPEN, Answer

ENDS = ("deny", "return", "redirect", "reject", "tarpit", "silent-drop", "auth")
_SCHEME = re.compile(r"https://%\[var\(txn\.host\)\](?::([0-9]+))?%\[pathq\]")
_OTHER_HOST = re.compile(r"//([a-z0-9.-]+)%\[pathq\]")


def condition_of(words: Sequence[str]) -> tuple[str, ...]:
    """From `if` or `unless` on; nothing, where it always holds."""
    place = next((place for place, word in enumerate(words) if word in ("if", "unless")), len(words))
    return tuple(words[place:])


def ended(action: str, words: Sequence[str]) -> Answer:
    """What an action of `http-request` says."""
    rest = list(words)
    said = {name: rest[place + 1] for place, name in enumerate(rest[:-1])}
    match action:
        case "redirect":
            return redirect(rest)[0][0]
        case "deny" | "tarpit":
            return Answer("status", said.get("deny_status", said.get("status", "403" if action == "deny" else "500")))
        case "return":
            return Answer("status", said.get("status", "200"))
        case "auth":
            return Answer("status", "401")
    return Answer("no answer", "")


def redirect(words: Sequence[str]) -> tuple[tuple[Answer], tuple[str, ...]]:
    """Where a redirect leads, and its condition."""
    said = {name: words[place + 1] for place, name in enumerate(words[:-1])}
    status = said.get("code", "302")
    if "ignore-empty" in words:
        return (Answer(OPEN, "`redirect ignore-empty`"),), condition_of(words)
    target = next((f"{kind} {said[kind]}" for kind in ("location", "prefix", "scheme") if kind in said), "nowhere")
    if target.startswith("location "):
        target = target.removeprefix("location ")
        if found := _SCHEME.fullmatch(target):
            target = f"https{f' at port {found[1]}' if found[1] not in (None, '443') else ''}"
        elif found := _OTHER_HOST.fullmatch(target):
            target = f"host {found[1]}"
        else:
            target = target.replace("%%", "%")
    return (Answer("redirect", f"{status} to {target}"),), condition_of(words)
