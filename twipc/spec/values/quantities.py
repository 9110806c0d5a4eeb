"""Times, sizes and processors: a number with its unit, in a range."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from twipc.limit import Limit
from twipc.regex import late_regex

from ..limits import BODY, CPU, DURATION, HOLD, MEMORY, SHARED_MEMORY, TMPFS
from .meant import meant_duration
from .refusal import Kind, refuse


class Duration(int):
    """A stretch of time in milliseconds."""

    def __str__(self) -> str:
        for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000)):
            if self and self % size == 0:
                return f"{int(self) // size}{unit}"
        return f"{int(self)}ms"

    @property
    def seconds(self) -> float:
        return int(self) / 1000


class Size(int):
    """An amount of memory in bytes."""

    def __str__(self) -> str:
        for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
            if self and self % size == 0:
                return f"{int(self) // size}{unit}"
        return f"{int(self)}B"


class Cpu(int):
    """A share of processors in thousandths of one."""

    def __str__(self) -> str:
        whole, rest = divmod(int(self), 1000)
        return f"{whole}.{rest:03d}".rstrip("0").rstrip(".") if rest else str(whole)


_DURATION = late_regex(r"(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+)s)?(?:([0-9]+)ms)?")
_SIZE = late_regex(r"([0-9]+)(B|KiB|MiB|GiB)")
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_OTHER_SIZE = late_regex(r"([0-9]+) ?([KMG])i?B?", re.IGNORECASE)
"""What other programs write: to some 1000 of them are the next larger, to some 1024."""
_PAGE = 4096
_MOST_DIGITS = 20
"""More than any limit has: longer numbers are not even read."""


def _number(digits: str | None) -> int:
    return int(digits or 0) if len(digits or "") <= _MOST_DIGITS else 10**_MOST_DIGITS


def _range(limit: Limit, kind: type[int]) -> str:
    """Both ends of a limit, as a spec writes them."""
    return f"between {kind(limit.least or 0)} and {kind(limit.most)}"


def parse_duration(value: object) -> Duration:
    """`500ms`, `2s`, `1m30s`; a bare number has no unit and is refused."""
    if isinstance(value, Duration):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not match:
        meant = meant_duration(str(value)) if isinstance(value, str | int) else ""
        did = f"; did you mean `{meant}`?" if meant and _DURATION.fullmatch(meant) else ""
        raise refuse(f"`{value}` is not a duration", f"write whole numbers with their units: 500ms, 2s, 1m30s{did}")
    hours, minutes, seconds, millis = map(_number, match.groups())
    total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis
    if total not in DURATION:
        raise refuse(f"`{value}` is out of range", f"a duration is {_range(DURATION, Duration)}")
    return Duration(total)


def _size(value: object) -> Size:
    """`512MiB`; powers of 1024, always with a unit."""
    if isinstance(value, Size):
        return value
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        other = _OTHER_SIZE.fullmatch(value) if isinstance(value, str) else None
        meant = f"; did you mean `{other[1]}{other[2].upper()}iB`?" if other and len(other[1]) <= _MOST_DIGITS else ""
        part = re.fullmatch(r"([0-9]{1,6}[.][0-9]{1,3}) ?(KiB|MiB|GiB)", value) if isinstance(value, str) else None
        if part and float(part[1]) * _SIZES[part[2]] % 1024 == 0 and float(part[1]):
            meant = f"; did you mean `{Size(int(float(part[1]) * _SIZES[part[2]]))}`?"
        raise refuse(f"`{value}` is not a size", f"write a whole number with its unit: 64KiB, 512MiB, 1GiB{meant}")
    return Size(_number(match[1]) * _SIZES[match[2]])


def parse_memory(value: object) -> Size:
    """An amount of memory that a container can have."""
    size = _size(value)
    if size not in MEMORY:
        raise refuse(f"`{value}` is out of range", f"memory is {_range(MEMORY, Size)}: no container starts with less")
    return size


def parse_tmpfs(value: object) -> Size:
    """What a place for scratch files may hold."""
    return _scratch(value, TMPFS, "the size of a tmpfs")


def parse_shared_memory(value: object) -> Size:
    """What /dev/shm may hold."""
    return _scratch(value, SHARED_MEMORY, "shared memory")


def _scratch(value: object, limit: Limit, what: str) -> Size:
    """What is in pages is the same for all engines: the kernel rounds up what is not (measured on Docker 26.1)."""
    size = _size(value)
    if size not in limit:
        raise refuse(f"`{value}` is out of range", f"{what} is {_range(limit, Size)}")
    if size % _PAGE:
        more = Size(size + _PAGE - size % _PAGE)
        raise refuse(f"`{value}` is no whole number of pages", f"the kernel gives memory in pages of 4KiB: write `{more}`")
    return size


def parse_body(value: object) -> Size:
    """The size of a request's body; to nginx 0 is no limit."""
    size = _size(value)
    if size not in BODY:
        raise refuse(f"`{value}` is out of range", f"a body's limit is {_range(BODY, Size)}")
    return size


def parse_cpu(value: object) -> Cpu:
    """`0.5` processors, to a thousandth."""
    if isinstance(value, Cpu):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}(?:[.][0-9]+)?", value):
        raise refuse(f"`{value}` is a string, and a number is wanted", f"write it without quotes: {value}")
    milli_cpu = re.fullmatch("([0-9]{1,6})m", value) if isinstance(value, str) else None
    if milli_cpu:
        raise refuse(f"`{value}` is not a number of processors", f"write a number: {Cpu(int(milli_cpu[1]))}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"`{value}` is not a number of processors", "write a number: 0.5, 2")
    if value * 1000 not in CPU:
        units = "; it counts processors, of which one is 1024 units of ECS" if value in (256, 512, 1024, 2048, 4096) else ""
        raise refuse(f"`{value}` processors is out of range", f"cpu is {_range(CPU, Cpu)}{units}")
    milli = round(value * 1000)
    if abs(milli - value * 1000) > 1e-6:
        raise refuse(f"`{value}` is too precise", "cpu counts in thousandths of a processor")
    return Cpu(milli)


def _second_or_minute(value: Duration) -> Duration:
    if value not in (1000, 60_000):
        raise refuse(
            f"`{value}` is neither 1s nor 1m", "nginx counts requests of a second or of a minute; write how many that makes"
        )
    return value


def _hold(value: Duration) -> Duration:
    if value not in HOLD:
        raise refuse(f"`{value}` is longer than a client waits", f"the most is {Duration(HOLD.most)}")
    return value


_PRINTED = PlainSerializer(str, when_used="json")


def _time(limit: Limit) -> Kind:
    return Kind("a time", f"{_range(limit, Duration)}, such as 500ms, 2s or 1m30s")


def _amount(limit: Limit, such_as: str) -> Kind:
    return Kind("a size", f"{_range(limit, Size)}, such as {such_as}")


Time = Annotated[
    Duration,
    _time(DURATION),
    PlainValidator(parse_duration),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["500ms", "2s"]}),
]
SecondOrMinute = Annotated[
    Duration,
    Kind("a time", "1s or 1m"),
    PlainValidator(parse_duration),
    AfterValidator(_second_or_minute),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["1s", "1m"]}),
]
HoldTime = Annotated[
    Duration,
    _time(HOLD),
    PlainValidator(parse_duration),
    AfterValidator(_hold),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["10s"]}),
]
Memory = Annotated[
    Size,
    _amount(MEMORY, "512MiB, 1GiB"),
    PlainValidator(parse_memory),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["512MiB", "1GiB"]}),
]
TmpfsSize = Annotated[
    Size,
    _amount(TMPFS, "64KiB, 64MiB"),
    PlainValidator(parse_tmpfs),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["64MiB", "64KiB"]}),
]
SharedMemory = Annotated[
    Size,
    _amount(SHARED_MEMORY, "64MiB, 1GiB"),
    PlainValidator(parse_shared_memory),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["64MiB", "1GiB"]}),
]
Body = Annotated[
    Size,
    _amount(BODY, "1MiB, 64KiB"),
    PlainValidator(parse_body),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["1MiB", "64KiB"]}),
]
Processors = Annotated[
    Cpu,
    Kind("a number of processors", f"{_range(CPU, Cpu)}, in thousandths"),
    PlainValidator(parse_cpu),
    _PRINTED,
    WithJsonSchema({"type": "number", "examples": [0.5, 2]}),
]
