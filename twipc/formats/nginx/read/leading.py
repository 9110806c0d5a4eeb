"""Where a location of an nginx configuration leads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from twipc.routes.table import OPEN, Answer, Outcome

from ..tree import Block, Directive
from .words import expanded

STEERS = frozenset({"if", "rewrite", "try_files", "location", "auth_request", "limit_except"})
"""Directives that send requests elsewhere by what they ask for."""
_PASSES = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass")
_SCHEME = re.compile(r"https://\$host(?::([0-9]+))?\$request_uri")
_OTHER_HOST = re.compile(r"//([a-z0-9.-]+)\$request_uri")
_BACK = re.compile(r"\^/\[\.\]twipc/route_[0-9]+\(/\.\*\)\$")
"""How our own configurations give a path back as it came."""


def leads(block: Block, roots: Sequence[Directive]) -> Outcome:
    """What a block does with a request in the end; `roots` are those of its server."""
    if any(one.name == "internal" for one in block.directives):
        return (Answer("status", "404"),)
    steering = [one for one in block.directives if one.name in STEERS and not _own(one)]
    if steering:
        return tuple(Answer(OPEN, f"`{one.name}`, line {one.line}") for one in steering[:1])
    for one in block.directives:
        if one.name == "return":
            return (Answer(*_returned(one.args)),)
    for one in block.directives:
        if one.name in _PASSES and one.args:
            return (Answer("backend", _backend(one)),)
    root = next((one for one in (*block.directives, *roots) if one.name in ("root", "alias")), None)
    if root is None:
        return (Answer("files", "html"),)
    return (Answer("files", expanded(" ".join(root.args)).rstrip("/") or "/"),)


def _backend(passes: Directive) -> str:
    """The upstream, or the address; what stands behind it changes the path that arrives there."""
    address = re.sub("^(?:https?|grpcs?)://", "", passes.args[0])
    return address.removesuffix("$request_uri")


def _returned(args: tuple[str, ...]) -> tuple[str, str]:
    status, *to = args or ("",)
    if not status.isdecimal():
        return "redirect", f"302 to {' '.join(args)}"
    if not to or not status.startswith("3"):
        return "status", status
    target = " ".join(to)
    if found := _SCHEME.fullmatch(target):
        return "redirect", f"{status} to https{f' at port {found[1]}' if found[1] not in (None, '443') else ''}"
    if found := _OTHER_HOST.fullmatch(target):
        return "redirect", f"{status} to host {found[1]}"
    return "redirect", f"{status} to {target.replace('${dollar}', '$')}"


def _own(one: Directive) -> bool:
    """What our own configurations steer by: upgrades go to the same members, hosts that are none are refused."""
    inside = [(inner.name, inner.args[:1]) for inner in one.block.directives] if one.block else []
    match one.name, one.args:
        case "if", ("($websocket)",):
            return [name for name, _ in inside] == ["rewrite"]
        case "if", ("($host", "!~", _, ")"):
            return inside == [("return", ("400",))]
        case "if", ("(!-d", _, ")"):
            return inside == [("return", ("503",))]
        case "if", ("($route)",):
            return [name for name, _ in inside] == ["rewrite"]
        case "rewrite", (back, "$1", "break"):
            return _BACK.fullmatch(back) is not None
    return False
