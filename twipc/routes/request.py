"""One request as it comes over the wire, and what every server makes of it before it looks at routes."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes, urlsplit

from msgspec import Struct

from twipc.regex import late_regex

from .cases import PLAIN_HOST, Case
from .hosts import read

_UNWRITTEN = late_regex(r"[^\x21\x22\x24-\x7e]")
_HOST = late_regex(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*\]")
_PORTS = {"http": ":80", "https": ":443"}
_BROKEN = late_regex(r"%(?![0-9a-fA-F]{2})")
_CONTROL = late_regex(rb"[\x00-\x1f\x7f]")
_DOTS = late_regex(rb"(?:^|/)\.\.?(?:/|$)")


class Refused(Struct, frozen=True):
    """A request that every server refuses, whatever its routes say."""

    status: int
    why: str


def asked(method: str, url: str) -> tuple[Case, bytes | Refused]:
    """The kind of a request and its path, decoded and with slashes merged; or that it is refused, and why.

    `url` is a path, or an absolute URL with a host, which comes as it is written there, without the port of its scheme; raises
    ValueError for what is neither.
    """
    scheme, host, target = "http", PLAIN_HOST, url
    if "://" in url:
        parts = urlsplit(url)
        try:
            _ = parts.port
        except ValueError:
            raise ValueError(f"`{url}` has a port that is none: it is a number up to 65535") from None
        scheme, host = parts.scheme, parts.netloc.rpartition("@")[2].removesuffix(":")
        host = host.removesuffix(_PORTS.get(scheme, ":"))
        named = read(host)
        if scheme not in ("http", "https") or not named:
            raise ValueError(f"`{url}` is no http or https URL with a host")
        if not named.isascii():
            raise ValueError(f"`{named}` is sent as `{_sent(named)}`: write it so")
        if not _HOST.fullmatch(named):
            raise ValueError(f"`{named}` is no host that a request is sent to")
        target = url.partition("://")[2]
        target = target[len(re.split("[/?#]", target)[0]) :] or "/"
    return Case(scheme, method, host), _normalised(method, target)


def _sent(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "xn--…"


def _normalised(method: str, target: str) -> bytes | Refused:
    path = target.partition("?")[0]
    if method in ("TRACE", "CONNECT"):
        return Refused(405, f"{method} is answered by nobody")
    if not path.startswith("/"):
        return Refused(400, "the target has no path")
    if _UNWRITTEN.search(target.encode("utf-8", "surrogateescape").decode("latin-1")):
        return Refused(400, "it holds a character that no URL holds as it is; write it as %..")
    if _BROKEN.search(path):
        return Refused(400, "a `%` without two hexadecimal digits")
    found = re.sub(rb"/+", b"/", unquote_to_bytes(path))
    if _CONTROL.search(found):
        return Refused(400, "an encoded control character")
    if _DOTS.search(found):
        return Refused(400, "a segment that is `.` or `..`")
    return found
