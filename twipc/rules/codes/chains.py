"""What can be wrong between an HTTP server and another before it."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import BEFORE, NGINX

_PUBLISHED = NGINX.replace("  edge:\n", "  edge:\n    publish: [{port: http, host: 8081}]%s\n")
CLIENT_LOST = Code(
    "TW475",
    "a server that takes another for the client",
    Severity.WARNING,
    why="A server that only servers of the spec ask takes their word for who the client is and how it came: X-Forwarded-For, "
    "-Proto, -Host and -Port and X-Real-IP go on as the first one said them, and rates and balance go by the client's address. "
    "One that others ask too takes nobody's word: it says itself who asks, and of all who come by another server that is the "
    "other server.",
    bad=_PUBLISHED % "  #! TW475" + BEFORE,
    good=NGINX + BEFORE,
)
_LARGE = NGINX + "      max_body: 10MiB%s\n"
LESS_BEFORE = Code(
    "TW476",
    "a server before another lets less through",
    Severity.WARNING,
    why="What the first one refuses or ends never comes to the second: an upgrade that is none, a body that is answered with "
    "413, an answer that comes after its 504.",
    bad=_LARGE % "  #! TW476" + BEFORE,
    good=_LARGE % "" + BEFORE + "      max_body: 10MiB\n",
)

CODES = (CLIENT_LOST, LESS_BEFORE)
