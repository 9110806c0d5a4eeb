"""What stands in HTTP requests and answers: paths, where clients are sent, headers."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from twipc.regex import late_regex

from ..headers import HTTP_HEADERS, RESERVED_PREFIXES, RESERVED_REQUEST_HEADERS, SETTABLE_HEADERS
from ..limits import COOKIE, HEADER_NAME, HEADERS, REDIRECT, REQUEST_PATH
from .addresses import plain_host
from .refusal import Form, Kind, refuse
from .texts import without_controls


def _free_header(value: str) -> str:
    if value.lower() in HTTP_HEADERS:
        raise refuse(f"`{value}` is a header of HTTP's own", "choose a name that clients do not act on, such as Request-Time")
    return value


def _settable_header(value: str) -> str:
    return value if value.lower() in SETTABLE_HEADERS else _free_header(value)


def _request_header(value: str) -> str:
    if value.lower() in RESERVED_REQUEST_HEADERS or value.lower().startswith(RESERVED_PREFIXES):
        raise refuse(
            f"`{value}` cannot be set on all requests",
            "it tells of one connection, body or client: the server sets it or passes it as it came; choose one such as X-Env",
        )
    return value


def _header_value(value: str) -> str:
    without_controls(value)
    if not value or value != value.strip(" "):
        raise refuse(
            f"`{value}` is not a header's value", "HTTP drops blanks at its ends; write at least one character between"
        )
    if len(value.encode()) not in HEADERS:
        raise refuse("the value is too long", f"all headers that are set together have {HEADERS.most} bytes")
    return value


_NEVER = {
    "%": "matching is on the decoded path: write the character itself that it stands for, a blank for %20",
    "?": "matching is without the query: write what stands before it; for any one path below, `glob` has `*`",
    "#": "clients keep what follows to themselves: write what stands before it",
    "\\": "browsers make a `/` of it before they ask: write one",
    "//": "slashes are merged before routing: write one",
}
"""What no path has that is matched, and why."""


def _meant_path(value: str) -> str:
    """What helps who wrote a URL, an expression, or a path without its first slash."""
    path = re.sub(r"^[a-z]+://[^/]*/?|^(?:[~^=]|~\*)+ *\^?", "", value).removeprefix("/")
    return f"; did you mean `/{path}`?" if re.fullmatch(r"[A-Za-z0-9/._~*?=&-]*", path) and "//" not in path else ""


def _request_path(value: str) -> str:
    without_controls(value)
    if not value.startswith("/"):
        raise refuse(f"`{value}` does not begin with `/`", f"a request's path always does{_meant_path(value)}")
    for held, why in _NEVER.items():
        if held in value:
            raise refuse(f"`{value}` can never match: it has `{held}`", why)
    if any(part in (".", "..") for part in value.split("/")):
        raise refuse(f"`{value}` can never match", "dot segments are refused before routing: take them out")
    if len(value) not in REQUEST_PATH:
        raise refuse(
            f"the path has over {REQUEST_PATH.most} characters", "shorten it: nginx takes parameters of up to 4095 bytes"
        )
    return value


_TARGET = late_regex(r"(?:https?://(?P<host>[^/?#]*))?(?P<path>[^?#]*)(?:\?[^#]*)?(?:#[^#]*)?")
_URI = late_regex(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})*")


def _redirect_target(value: str) -> str:
    without_controls(value)
    found = _TARGET.fullmatch(value)
    if not _URI.fullmatch(value) or not found:
        raise refuse(f"`{value}` is not a URL's text", "other characters are written as `%` and two digits: %20 for a blank")
    host, path = found["host"], found["path"]
    if host is None and (not path.startswith("/") or path.startswith("//")):
        raise refuse(f"`{value}` is not a place to go", "a path that begins with one `/`, or a URL that begins with https://")
    if host is not None:
        name, colon, port = host.partition(":")
        if colon and not (port.isdecimal() and port[0] != "0" and len(port) < 6 and int(port) < 65536):
            raise refuse(f"`{host}` has no port behind its colon", "such as https://shop.example:8443/")
        plain_host(name)
    if any(part in (".", "..") for part in path.split("/")):
        raise refuse(f"`{value}` has dot segments", "write the path that they lead to")
    if len(value) not in REDIRECT:
        raise refuse(
            f"the target has over {REDIRECT.most} characters", "what is added to an answer must fit the engines' buffers"
        )
    return value


_PROBE_HELP = "letters, digits and / . _ ~ -, and after a `?` also = and &: no checker needs to escape them"


def _probe_path(value: str) -> str:
    path, asks, query = value.partition("?")
    if not re.fullmatch(r"/[A-Za-z0-9/._~-]*", path) or (asks and not re.fullmatch(r"[A-Za-z0-9/._~=&-]+", query)):
        meant = _meant_path(value) if not value.startswith("/") else ""
        raise refuse(f"`{value}` is not a probe's path", f"begin it with `/`; {_PROBE_HELP}{meant}")
    _request_path(path)
    if len(value) not in REQUEST_PATH:
        raise refuse(f"the path has over {REQUEST_PATH.most} characters", "shorten its query")
    return value


_GLOB_HELP = "`*` stays within one segment, `**` crosses slashes; all else stands for itself"


def _glob(value: str) -> str:
    _request_path(value)
    if "***" in value:
        raise refuse(f"`{value}` has three stars in a row", _GLOB_HELP)
    return value


RequestPath = Annotated[
    str, Kind("a path", "begins with `/`; decoded, slashes merged, without a query"), AfterValidator(_request_path)
]
RedirectTarget = Annotated[str, Kind("a path or a URL", "begins with `/` or https://"), AfterValidator(_redirect_target)]
ProbePath = Annotated[str, Kind("a path", f"begins with `/`; {_PROBE_HELP}"), AfterValidator(_probe_path)]
Glob = Annotated[str, Kind("a pattern", f"begins with `/`; {_GLOB_HELP}"), AfterValidator(_glob)]
_HEADER_NAME = Form(
    rf"[A-Za-z][A-Za-z0-9-]{{0,{HEADER_NAME.most - 1}}}", "a header's name", "letters, digits and hyphens (RFC 9110)"
)
HeaderName = Annotated[str, _HEADER_NAME, AfterValidator(_free_header)]
SettableHeader = Annotated[str, _HEADER_NAME, AfterValidator(_settable_header)]
RequestHeader = Annotated[str, _HEADER_NAME, AfterValidator(_request_header)]
HeaderValue = Annotated[str, Kind("a header's value", "one line, without blanks at its ends"), AfterValidator(_header_value)]
CookieName = Annotated[str, Form(rf"[A-Za-z][A-Za-z0-9_]{{0,{COOKIE.most - 1}}}", "a cookie's name", "letters, digits and _")]
