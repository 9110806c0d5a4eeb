"""What somebody may have meant who wrote a host, a port or a time in a form that a spec does not take."""

from __future__ import annotations

import re

from twipc.regex import late_regex

from ..limits import HOST_PART, REQUEST_HOST

_NAME = late_regex(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_TOLD_APART = late_regex("[\u00df\u03c2\u200c\u200d]")
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
    if "$" in value:
        return "no variable is read here: name the host; what a client asked for is kept by `host: shop.example` of a redirect"
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


def meant_port(value: object) -> str:
    """How the number of a port is written that stands there with another, or in quotes."""
    mapped = re.fullmatch(r"(?:.*:)?([0-9]{1,5}):([0-9]{1,5})(?:/(?:tcp|udp))?", value) if isinstance(value, str) else None
    if mapped:
        return f"write the port in the container, {mapped[2]}, and {mapped[1]} as the `host` of a `publish`"
    spoken = re.fullmatch(r"([0-9]{1,5})/(tcp|udp)", value) if isinstance(value, str) else None
    if spoken:
        return f"write {{number: {spoken[1]}, protocol: {spoken[2]}}}" if spoken[2] == "udp" else f"write {spoken[1]}"
    quoted = isinstance(value, str) and re.fullmatch("[0-9]{1,5}", value)
    return f"write it without quotes: {value}" if quoted else "write a whole number: 8080"


_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_MOST_SECONDS = 3600
"""A bare number that is larger may count something else."""


def meant_duration(value: str) -> str:
    """The time that other tools write with blanks, points, days or no unit; perhaps in no legal form either."""
    text = re.sub("\\s", "", value).lower() if len(value) <= 20 else ""
    part = re.fullmatch(r"([0-9]{1,6})[.]([0-9]{1,3})([hms])", text)
    if part:
        millis, rest = divmod(int(part[1] + part[2]) * _UNITS[part[3]], 10 ** len(part[2]))
        return "" if rest else _in_units(millis)
    days = re.fullmatch(r"([0-9])d(?:ays?)?", text)
    if days:
        return f"{int(days[1]) * 24}h" if 0 < int(days[1]) <= 7 else ""
    if text.isdecimal():
        return f"{int(text)}s" if 0 < int(text) <= _MOST_SECONDS else ""
    for long, short in ((r"(?<=[0-9])(?:minutes?|mins?)(?![a-z])", "m"), (r"(?<=[0-9])(?:seconds?|secs?)(?![a-z])", "s")):
        text = re.sub(long, short, text)
    return text


def _in_units(millis: int) -> str:
    parts = []
    for unit, size in _UNITS.items():
        count, millis = divmod(millis, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts)
