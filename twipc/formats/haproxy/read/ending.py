"""How haproxy answers a request itself.

Source: the configuration manual of haproxy 3.2, 4.2 (`redirect`) and 4.3 (`deny`, `return`, `redirect`, `tarpit`, `auth`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from twipc.regex import late_regex
from twipc.routes.sent import literal, sent
from twipc.routes.table import OPEN, Answer

ENDS = ("deny", "return", "redirect", "reject", "tarpit", "silent-drop", "auth")
_WORDS = {
    "var(txn.host)": "{host}",
    **dict.fromkeys(("hdr(host)", "req.hdr(host)", "req.fhdr(host)"), "{Host}"),
    **dict.fromkeys(("hdr(host),lower", "req.hdr(host),lower", "req.fhdr(host),lower"), "{Host,lower}"),
    **dict.fromkeys(("pathq", "url", "capture.req.uri"), "{uri}"),
    "path": "{path}",
}
"""What fetches say of a request that comes with a path."""
_FETCH = late_regex(r"%\[([^\]]*)\]|%%|%")
_OF_REQUEST = late_regex(
    r"(?:(?:req\.)?f?hdr\([a-zA-Z0-9-]+\)|query|base|method|path|pathq|url|ssl_fc)"
    r"(?:,(?:lower|upper|url_dec|url_enc|(?:field|word|regsub|bytes)\([^()]*\)))*"
)


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
    condition = condition_of(words)
    said = {name: words[place + 1] for place, name in enumerate(words[:-1])}
    unknown = next((one for one in ("ignore-empty", "keep-query", "append-slash") if one in words), "")
    try:
        target = _target(said, "{path}" if "drop-query" in words else "{uri}")
    except LookupError as what:
        unknown = unknown or str(what.args[0])
    if unknown:
        return (Answer(OPEN, f"`redirect` with `{unknown}`"),), condition
    return (Answer("redirect", sent(said.get("code", "302"), target)),), condition


def _target(said: Mapping[str, str], behind: str) -> str:
    """Raises LookupError with what is not understood."""
    if "location" in said:
        return _logged(said["location"])
    if "prefix" in said:
        return f"{_logged(said['prefix']) if said['prefix'] != '/' else ''}{behind}"
    if "scheme" in said:
        return f"{_logged(said['scheme'])}://{{Host}}{behind}"
    raise LookupError("no target")


def _logged(said: str) -> str:
    """A log format with what it takes from the request in braces."""
    unknown = (found[0] for found in _FETCH.finditer(said) if found[0] != "%%" and not _known(found[1]))
    for one in unknown:
        raise LookupError(one)
    return _FETCH.sub(_word, literal(said))


def _known(fetch: str | None) -> bool:
    return fetch is not None and (fetch.lower() in _WORDS or _OF_REQUEST.fullmatch(fetch) is not None)


def _word(found: re.Match[str]) -> str:
    return "%" if found[0] == "%%" else _WORDS.get(found[1].lower(), found[0])
