"""Where a redirect sends a client: two that say it in other words are alike if status, scheme, host, path and query are.

What is taken from the request stands in braces: `{host}` as it is read and `{Host}` as it came, `{path}` as it came and
`{Path}` as it is read, `{query}` with its question mark, or nothing, and `{uri}` for path and query. `{Uri}` and
`{Path,decoded}` are decoded once more on their way out, but for what then would be no URL: they are alike for plain ones alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from twipc.regex import late_regex

from .table import Answer

KIND = "redirect"
READ = ("{Path}", "{Path,decoded}", "{Uri}")
"""Paths that are not said as they came."""
_HTTPS = late_regex(r"https://\{host\}(?::([0-9]+))?\{uri\}")
_OTHER_HOST = late_regex(r"//([a-z0-9.-]+)\{uri\}")
_SHORT = late_regex(r"https(?: at port ([0-9]+))?")
_ABSOLUTE = late_regex(r"/(?![/$]|\{(?:[pP]ath|Uri)[},])")
"""A path of the same host: what may go on with a slash names another one."""
_USUAL_PORT = late_regex(r"(?:(http)|https)://([^/{}:]+|\{[hH]ost\}|\[[^]]*\]):(?(1)80|443)(?![0-9])")


class Known(Struct, frozen=True):
    """What is known of a request: its scheme, whether host and path come as they are read, and the host, if it is only one."""

    scheme: str
    plain_host: bool
    plain_path: bool
    only: str = ""


def literal(text: str) -> str:
    """A text in which nothing is taken from the request."""
    return text.replace("{", "{{")


def sent(status: str, target: str) -> str:
    """What an answer says that sends clients to a target; the usual ones in short."""
    if found := _HTTPS.fullmatch(target):
        target = f"https{f' at port {found[1]}' if found[1] not in (None, '443') else ''}"
    elif found := _OTHER_HOST.fullmatch(target):
        target = f"host {found[1]}"
    return f"{status} to {target}"


def asks(answers: Iterable[Answer]) -> tuple[bool, bool]:
    """Whether some redirects say the host as it is read, and some as it came: then hosts are asked for as they come."""
    targets = [_long(answer.what)[1] for answer in answers if answer.kind == KIND]
    return any("{host}" in one for one in targets), any("{Host}" in one or one.startswith(("/", "{")) for one in targets)


def reads_paths(answers: Iterable[Answer]) -> bool:
    """Whether some redirects say the path otherwise than others: then paths are asked for as they come."""
    ways = {way for answer in answers if answer.kind == KIND for way in _ways(_long(answer.what)[1])}
    return len(ways) > 1


def _ways(target: str) -> Iterator[str]:
    """How a path is said: a target that begins with it as it came begins with another host where that has two slashes."""
    if target.startswith(("{path}", "{uri}")):
        yield "at the beginning"
    elif "{path}" in target or "{uri}" in target:
        yield "as it came"
    yield from (word for word in READ if word in target)


def resolved(answer: Answer, known: Known) -> Answer:
    """A redirect with what is known of the request in its place: clients complete what has no scheme or host."""
    if answer.kind != KIND:
        return answer
    status, target = _long(answer.what)
    if known.plain_path:
        target = target.replace("{Uri}", "{uri}").replace("{Path,decoded}", "{path}").replace("{Path}", "{path}")
    target = target.replace("{uri}", "{path}{query}").replace("{scheme}", known.scheme)
    if target.startswith("//"):
        target = f"{known.scheme}:{target}"
    elif target.startswith(("{path}", *READ) if known.plain_path else "{Path}") or _ABSOLUTE.match(target):
        target = f"{known.scheme}://{{Host}}{target}"
    if known.plain_host:
        target = target.replace("{Host,lower}", "{host}").replace("{Host}", "{host}")
    if known.only:
        target = target.replace("{host}", known.only)
    return Answer(KIND, f"{status} to {_USUAL_PORT.sub(_without_port, target)}")


def _without_port(found: re.Match[str]) -> str:
    return found[0].rpartition(":")[0]


def _long(what: str) -> tuple[str, str]:
    """Status and whole target."""
    status, _, target = what.partition(" to ")
    if found := _SHORT.fullmatch(target):
        return status, f"https://{{host}}{f':{found[1]}' if found[1] else ''}{{uri}}"
    return status, f"//{target.removeprefix('host ')}{{uri}}" if target.startswith("host ") else target
