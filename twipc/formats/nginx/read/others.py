"""What else changes what a location answers, or what its member is asked for, and is not followed here.

Sources: the documentation of `satisfy`, `post_action` (ngx_http_core_module), `dav_methods`, `proxy_method`,
`proxy_intercept_errors` and `proxy_set_header`, nginx 1.30.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from twipc.regex import late_regex

from ..tree import Directive

Variables = Mapping[str, Sequence[Directive]]
"""Those that the file itself makes, with the directives that do."""
OTHERS = (
    "satisfy",
    "post_action",
    "dav_methods",
    "proxy_method",
    "proxy_set_header",
    "grpc_set_header",
    "error_page",
    *(f"{one}_intercept_errors" for one in ("proxy", "fastcgi", "uwsgi", "scgi", "grpc")),
)
"""The names of what is looked at."""
_NOTHING = {"satisfy": "all", "post_action": "off", "dav_methods": "off"}
"""What says no more than its absence."""
_HOST = late_regex(r"\$(?:(?:http_|proxy_)?host|\{(?:http_|proxy_)?host\})(?::\$\{?(?:server|proxy)_port\}?)?")


def _is_asked(value: str, variables: Variables) -> bool:
    """Whether a member is told the host that was asked for, or the upstream, as it is by default or most often."""
    if value == "$asked_host":
        # How our own configurations write it: a host with the port that came.
        rows = [row for one in variables.get("asked_host", ()) if one.block for row in one.block.directives]
        return bool(rows) and all(row.args in (("$host",), ("$host$host_port",)) for row in rows)
    return _HOST.fullmatch(value) is not None


def others(blocks: Sequence[Sequence[Directive]], variables: Variables, *, passes: bool) -> Iterator[Directive]:
    """Those that count of some blocks, the nearest first; `passes` says whether a member answers."""

    def nearest(name: str) -> Sequence[Directive]:
        found = ([one for one in of if one.name == name] for of in blocks)
        return next((some for some in found if some), [])

    for name, nothing in _NOTHING.items():
        yield from (one for one in nearest(name) if one.args != (nothing,))
    if not passes:
        return
    yield from nearest("proxy_method")
    for one in (*nearest("proxy_set_header"), *nearest("grpc_set_header")):
        if "".join(one.args[:1]).lower() == "host" and not _is_asked(" ".join(one.args[1:]), variables):
            yield one
    if nearest("error_page"):
        names = [name for name in OTHERS if name.endswith("_intercept_errors")]
        yield from (one for name in names for one in nearest(name) if one.args != ("off",))
