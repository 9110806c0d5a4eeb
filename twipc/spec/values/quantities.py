"""Times, sizes and processors: a number with its unit, in a range."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from ..limits import BODY, CPU, DURATION, HOLD, MEMORY
from .refusal import refuse


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


_DURATION = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m(?!s))?(?:([0-9]{1,6})s)?(?:([0-9]{1,9})ms)?")
_SIZE = re.compile(r"([0-9]{1,12}) ?(B|KiB|MiB|GiB)")
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def parse_duration(value: object) -> Duration:
    """`500ms`, `2s`, `1m30s`; a bare number has no unit and is refused."""
    if isinstance(value, Duration):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not match:
        raise refuse(f"`{value}` is not a duration", "write a number with its unit: 500ms, 2s, 1m30s")
    hours, minutes, seconds, millis = (int(part or 0) for part in match.groups())
    total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis
    if total not in DURATION:
        raise refuse(f"`{value}` is out of range", "a duration is between 1ms and 168h")
    return Duration(total)


def _size(value: object) -> Size:
    """`512MiB`; powers of 1024, always with a unit."""
    if isinstance(value, Size):
        return value
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise refuse(f"`{value}` is not a size", "write a whole number with its unit: 512MiB, 1GiB")
    return Size(int(match[1]) * _SIZES[match[2]])


def parse_memory(value: object) -> Size:
    """An amount of memory that a container can have."""
    size = _size(value)
    if size not in MEMORY:
        raise refuse(f"`{value}` is out of range", "memory is between 6MiB and 64TiB")
    return size


def parse_body(value: object) -> Size:
    """The size of a request's body; to nginx 0 is no limit."""
    size = _size(value)
    if size not in BODY:
        raise refuse(f"`{value}` is out of range", "a body's limit is between 1B and 1024GiB")
    return size


def parse_cpu(value: object) -> Cpu:
    """`0.5` processors, to a thousandth."""
    if isinstance(value, Cpu):
        return value
    if isinstance(value, str):
        raise refuse(f"`{value}` is a string, and a number is wanted", "write it without quotes: 0.5, 2")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"`{value}` is not a number of processors", "write a number: 0.5, 2")
    if value * 1000 not in CPU:
        raise refuse(f"`{value}` processors is out of range", "cpu is between 0.01 and 192")
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


def _whole_mebibytes(value: Size) -> Size:
    if value % (1 << 20):
        raise refuse(f"`{value}` is no whole number of MiB", "ECS counts such files in MiB")
    return value


_PRINTED = PlainSerializer(str, when_used="json")
Time = Annotated[
    Duration, PlainValidator(parse_duration), _PRINTED, WithJsonSchema({"type": "string", "examples": ["500ms", "2s"]})
]
SecondOrMinute = Annotated[
    Duration,
    PlainValidator(parse_duration),
    AfterValidator(_second_or_minute),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["1s", "1m"]}),
]
HoldTime = Annotated[
    Duration,
    PlainValidator(parse_duration),
    AfterValidator(_hold),
    _PRINTED,
    WithJsonSchema({"type": "string", "examples": ["10s"]}),
]
Memory = Annotated[
    Size, PlainValidator(parse_memory), _PRINTED, WithJsonSchema({"type": "string", "examples": ["512MiB", "1GiB"]})
]
Body = Annotated[Size, PlainValidator(parse_body), _PRINTED, WithJsonSchema({"type": "string", "examples": ["1MiB", "64KiB"]})]
Processors = Annotated[Cpu, PlainValidator(parse_cpu), _PRINTED, WithJsonSchema({"type": "number", "examples": [0.5, 2]})]
ScratchSize = Annotated[Memory, AfterValidator(_whole_mebibytes)]
