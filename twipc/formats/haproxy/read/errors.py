"""Where a haproxy sends a client in place of an error of its own.

Source: the configuration manual of haproxy 3.2, 4.2 (`errorloc`, `errorfile`, `errorfiles`, `http-error`): of several for one
status the last counts, of a backend before those of its frontend.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from twipc.routes.sent import literal, sent
from twipc.routes.table import Answer, Outcome

from ..sections import Line
from .proxy import Proxy
from .ruling import left_open

LOCATIONS = {"errorloc": "302", "errorloc302": "302", "errorloc303": "303"}
WORDS = (*LOCATIONS, "errorfile", "errorfiles", "http-error")
_CONTENT = frozenset({"content-type", "errorfile", "errorfiles", "string", "lf-string", "file", "lf-file"})


def is_an_error(action: str, words: Sequence[str]) -> bool:
    """Whether an action answers with an error of haproxy's, and not with a page of its own."""
    if action == "return":
        return "default-errorfiles" in words
    return action in ("deny", "tarpit", "auth") and _CONTENT.isdisjoint(words)


def told(error: str, proxies: Sequence[Proxy], conditional: Collection[int]) -> Outcome:
    """What comes of an error of this status; `proxies` are asked in their order."""
    found = [list(_of(error, proxy)) for proxy in proxies]
    sends = any(line.words[0] in LOCATIONS for lines in found for line in lines)
    last = next((lines[-1] for lines in found if lines), None)
    if last is None or not sends:
        return (Answer("status", error),)
    unsure = any(line.number in conditional for lines in found for line in lines)
    if unsure or last.words[0] == "errorfiles":
        return left_open(last)
    code = LOCATIONS.get(last.words[0])
    return (Answer("redirect", sent(code, literal(last.words[2]))),) if code else (Answer("status", error),)


def _of(error: str, proxy: Proxy) -> Iterator[Line]:
    for line in proxy.lines:
        match line.words:
            case ("errorfiles", _, *codes) if not codes or error in codes:
                yield line
            case ("http-error", *words) if ("status", error) in pairwise(words):
                yield line
            case (word, code, _, *_) if word in WORDS and code == error:
                yield line
