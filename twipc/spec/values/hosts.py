"""What somebody may have meant who wrote a host in a form that no request has."""

from __future__ import annotations

import re

from ..limits import HOST_PART, REQUEST_HOST

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_TOLD_APART = re.compile("[\u00df\u03c2\u200c\u200d]")
"""Letters that the two versions of the rule for names in other scripts write differently (RFC 5894, 7.2)."""


def meant_host(value: str) -> str:
    """What helps who wrote a host of a route; nothing where it is not known what was meant."""
    if value in ("*", "_", "**", "", "*.*"):
        return "leave `host` out: a route is for every host then"
    if value.startswith(("~", "^")) or value.endswith("$") or "\\" in value:
        return "there are no expressions: name each host; `*.app.example` takes every name below app.example"
    if value.startswith(".") and _NAME.fullmatch(value[1:]):
        return f'write both: [{value[1:]}, "*{value}"]'
    if "*" in value.removeprefix("*."):
        return "a star stands for all that is before the first dot: `*.app.example` takes every name below app.example"
    star = "*." if value.startswith("*.") else ""
    return meant_name(value.removeprefix("*."), star)


def meant_name(value: str, star: str = "") -> str:
    """What helps who wrote a name in DNS, with what stands before it; nothing where it is not known what was meant."""
    alone = re.sub("^[a-z]+://", "", value.lower()).partition("/")[0]
    alone = re.sub(":[0-9]*$", "", alone).rstrip(".")
    if len(alone) in REQUEST_HOST and not alone.isascii():
        return _in_ascii(alone, star)
    if any(len(part) not in HOST_PART for part in alone.split(".")) or len(alone) not in REQUEST_HOST:
        return f"between two dots are 1 to {HOST_PART.most} characters, in all up to {REQUEST_HOST.most}"
    if "_" in alone and _NAME.fullmatch(alone.replace("_", "-")):
        return f"a host has no underscore: such as `{star}{alone.replace('_', '-')}`"
    return f"write `{star}{alone}`" if alone != value and _NAME.fullmatch(alone) else ""


def _in_ascii(value: str, star: str) -> str:
    """The name as requests have it."""
    try:
        written = "" if _TOLD_APART.search(value) else value.encode("idna").decode()
    except UnicodeError:
        written = ""
    if not _NAME.fullmatch(written):
        return "requests have it in the form that begins with `xn--`, by which DNS knows it: write that"
    return f"write it as requests and DNS have it: `{star}{written}`"
