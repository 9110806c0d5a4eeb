"""Where an nginx configuration sends clients on.

Sources: the documentation of `return`, `rewrite`, `absolute_redirect`, `port_in_redirect` and `server_name_in_redirect`.
"""

from __future__ import annotations

from collections.abc import Iterable

from twipc.regex import late_regex
from twipc.routes.sent import READ, literal, sent

from ..tree import Block, Directive

_WORDS = {
    "host": "{host}",
    "http_host": "{Host}",
    "request_uri": "{uri}",
    "uri": "{Path}",
    "document_uri": "{Path}",
    "scheme": "{scheme}",
    "dollar": "$",
}
_QUERY = late_regex(r"\$(?:is_args|\{is_args\})\$(?:args|query_string)\b|\$(?:is_args|\{is_args\})\$\{(?:args|query_string)\}")
_WORD = late_regex(rf"\$(?:({'|'.join(_WORDS)})\b|\{{({'|'.join(_WORDS)})\}})")
_NAME = late_regex(r"[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)*|\[[0-9a-fA-F:.]+\]")


def returned(args: tuple[str, ...]) -> tuple[str, str]:
    """Kind and text of the answer of a `return`."""
    status, *to = args or ("",)
    if not status.isdecimal():
        return "redirect", sent("302", _target(" ".join(args)))
    if status == "444":
        return "no answer", ""
    if not to or status not in ("301", "302", "303", "307", "308"):
        return "status", status
    return "redirect", sent(status, _target(" ".join(to)))


def redirected(rewrite: Directive) -> str:
    """Where a `rewrite` sends the client, with the query behind it; nothing, where it goes on inside."""
    if rewrite.name != "rewrite" or len(rewrite.args) < 2:
        return ""
    target, flag = rewrite.args[1], rewrite.args[2:]
    outside = target.startswith(("http://", "https://", "$scheme"))
    if flag not in (("permanent",), ("redirect",)) and not outside:
        return ""
    to = target.removesuffix("?")
    more = "" if to != target else "{&query}" if "?" in to else "{query}"
    # What is encoded in it is decoded (ngx_http_script_regex_end_code).
    decoded = _target(to).replace("{uri}", "{Uri}").replace("{Path}", "{Path,decoded}")
    return sent("301" if flag == ("permanent",) else "302", decoded + more)


def _target(said: str) -> str:
    return _WORD.sub(lambda found: _WORDS[found[1] or found[2]], _QUERY.sub("{query}", literal(said).replace("${{", "${")))


def absolute(what: str, blocks: Iterable[Block], at: str | Directive) -> str | Directive:
    """What is sent where the target begins with a slash: the server's own address before it, or what leaves that open.

    `at` is the port as it stands in an address, or the directive that leaves it open.
    """
    status, _, target = what.partition(" to ")
    short = target.startswith(("https", "host "))
    if (short and not target.startswith("host ")) or (not short and not target.startswith(("/", "{uri}", *READ))):
        return what
    if _is(blocks, "absolute_redirect", "off"):
        return what
    if named_so := _is(blocks, "server_name_in_redirect", "on"):
        return named_so
    at = "" if _is(blocks, "port_in_redirect", "off") else at
    if isinstance(at, Directive):
        return at
    target = f"//{target.removeprefix('host ')}{{uri}}" if short else target
    return f"{status} to {{scheme}}://{{host}}{at}{target}"


def _is(blocks: Iterable[Block], name: str, value: str) -> Directive | None:
    """The nearest directive of a name, if it says a value."""
    found = next((one for block in blocks for one in block.directives if one.name == name), None)
    return found if found and found.args == (value,) else None


def named(server: Block) -> str | None:
    """What `$server_name` holds; None for an expression or a wildcard, and for a server without a name."""
    names = [name for one in server.directives if one.name == "server_name" for name in one.args]
    first = names[0].removeprefix(".").lower() if names else ""
    return first if _NAME.fullmatch(first) else None
