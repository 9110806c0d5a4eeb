"""What can be surprising about the paths of routes."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import NGINX

_ROUTE = "routes:\n        - {match: {%s}, files: /usr/share/nginx/html}%s\n"
TAKES_LONGER = Code(
    "TW491",
    "a glob that takes longer names too",
    Severity.WARNING,
    why="`**` right behind a name is any text at all: `/images**` takes `/images/a.png`, and `/imagesfoo` with it.",
    bad=NGINX.replace("routes:\n", _ROUTE % ("glob: /images**", "  #! TW491")),
    good=NGINX.replace("routes:\n", _ROUTE % ("prefix: /images", "")),
)
OTHER_CASE = Code(
    "TW492",
    "two routes whose paths differ in upper and lower case alone",
    Severity.WARNING,
    why="Every server tells paths apart by case: one of two spellings is mostly a slip, and its requests go elsewhere.",
    bad=NGINX.replace(
        "routes:\n", _ROUTE % ("prefix: /Images/", "") + "        - {match: {prefix: /images/}, backend: app}  #! TW492\n"
    ),
    good=NGINX.replace("routes:\n", _ROUTE % ("prefix: [/Images/, /images/]", "")),
)

CODES = (TAKES_LONGER, OTHER_CASE)
