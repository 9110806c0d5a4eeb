"""The values that a spec is made of: each type says what is legal, prints itself, and has a JSON Schema.

Limits that hold on every target stand here with their source; `traps` names the measured tables of the project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from .headers import HTTP_HEADERS, RESERVED_PREFIXES, RESERVED_REQUEST_HEADERS, SETTABLE_HEADERS


def refuse(message: str, help: str = "") -> PydanticCustomError:
    """A value that is not legal, said in the user's words; braces in them are not a template."""
    return PydanticCustomError("twipc", "{message}", {"message": message, "help": help})


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


_DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?")
_SIZE = re.compile(r"(\d{1,12})\s?(B|KiB|MiB|GiB)")
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_LONGEST = 7 * 24 * 3_600_000
"""haproxy's timers end at 2147483647 ms (traps §3.2); a week is more than any field here can want."""


def parse_duration(value: object) -> Duration:
    """`500ms`, `2s`, `1m30s`; a bare number has no unit and is refused."""
    if isinstance(value, Duration):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not match:
        raise refuse(f"`{value}` is not a duration", "write a number with its unit: 500ms, 2s, 1m30s")
    hours, minutes, seconds, millis = (int(part or 0) for part in match.groups())
    total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis
    if not 0 < total <= _LONGEST:
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
    if not 6 << 20 <= size <= 1 << 46:
        # 6 MiB is the least that Docker creates a container with and ECS accepts (traps §3.2).
        raise refuse(f"`{value}` is out of range", "memory is between 6MiB and 64TiB")
    return size


def parse_body(value: object) -> Size:
    """The size of a request's body; to nginx 0 is no limit."""
    size = _size(value)
    if not 1 <= size <= 1 << 40:
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
    if not 0.01 <= value <= 192:
        # 0.01 is Docker's least (traps §3.2), 192 the largest Fargate or EC2 host of today.
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


_LARGEST_ID = (1 << 31) - 1
"""Docker's largest number of a user or a group."""
_RESERVED = frozenset(
    {"or", "if", "unless", "true", "false", "null", "on", "off", "yes", "no", "localhost", "default", "stats"}
)
"""Words that haproxy, YAML 1.1 or DNS read as something else (traps §3.1)."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}[a-z0-9]")
_NAME_HELP = "2 to 31 letters a-z, digits and single hyphens, beginning with a letter, not ending with a hyphen"


def _port_name(value: str) -> str:
    if not _NAME.fullmatch(value) or "--" in value:
        raise refuse(f"`{value}` is not a name", _NAME_HELP)
    return value


def _name(value: str) -> str:
    if value in _RESERVED:
        raise refuse(f"`{value}` is a reserved word", "some target reads it as something else; choose another name")
    return _port_name(value)


def _matching(pattern: str, what: str, help: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refuse(f"`{value}` is not {what}", help)
        return value

    return check


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
    _without_controls(value)
    if not value or value != value.strip(" "):
        raise refuse(
            f"`{value}` is not a header's value", "HTTP drops blanks at its ends; write at least one character between"
        )
    if len(value.encode()) > LONGEST_HEADERS:
        raise refuse("the value is too long", f"all headers that are set together have {LONGEST_HEADERS} bytes")
    return value


LONGEST_HEADERS = 640
"""haproxy keeps 1024 bytes of its buffer for headers that are added (its manual, `tune.maxrewrite`), and some are ours."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_UNCARRIED = re.compile("[\x00\ud800-\udfff]")


def _without_controls(value: str) -> str:
    found = _CONTROLS.search(value)
    if found:
        raise refuse(
            f"U+{ord(found[0]):04X} is not allowed here", "control characters and line ends end up as commands somewhere"
        )
    return value


def _text(value: str) -> str:
    if _UNCARRIED.search(value):
        raise refuse("NUL and lone surrogates cannot be carried", "remove the character")
    return value


def _container_path(value: str) -> str:
    _without_controls(value)
    if not value.startswith("/") or len(value) > 1024 or any(part in ("", ".", "..") for part in value[1:].split("/")):
        raise refuse(f"`{value}` is not a path in a container", "absolute, without `//`, `.`, `..` or a slash at the end")
    return value


_LONGEST_PART = 255
"""Of a file's name on every file system that containers lie on (Linux, NAME_MAX)."""


def _scratch_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise refuse(
            f"`{value}` is not a place for scratch files", "letters, digits and / . _ -: Docker reads others as options"
        )
    return _container_path(value)


def _file_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise refuse(f"`{value}` is not a place for a file", "letters, digits and / . _ -: Docker reads others as its own")
    if any(len(part) > _LONGEST_PART for part in value.split("/")):
        raise refuse("a part of the path is too long", f"between two slashes Linux takes {_LONGEST_PART} letters")
    return _container_path(value)


def _host_folder(value: str) -> str:
    if value != "/":  # which a rule refuses, with its reason
        _container_path(value)
    return value


def _export(value: str) -> str:
    """A folder that a server exports; the root of NFS 4 is one."""
    return value if value == "/" else _container_path(value)


def _whole_mebibytes(value: Size) -> Size:
    if value % (1 << 20):
        raise refuse(f"`{value}` is no whole number of MiB", "ECS counts such files in MiB")
    return value


def _user(value: str) -> str:
    parts = value.split(":")
    if len(parts) > 2 or not all(re.fullmatch("0|[1-9][0-9]{0,9}", part) and int(part) <= _LARGEST_ID for part in parts):
        raise refuse(f"`{value}` is not a numeric user", 'such as "10001" or "10001:10001", user and group')
    return value


def _program(words: tuple[str, ...]) -> tuple[str, ...]:
    if words and not words[0]:
        raise refuse("the program has no name", "the first word is what is run")
    return words


_HOST_LABEL = re.compile(r"(?!ecs\.)[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_HOST_VALUE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""They stand in expressions of swarm and of ECS, unquoted; a swarm takes upper for lower case, and labels have two letters."""
_MOST_CONSTRAINTS = 8
_MOST_SPREAD = 3
"""ECS takes 10 constraints and 5 strategies (botocore, traps §3.2), of which the target needs some itself."""


def _host_label(value: str) -> str:
    if not _HOST_LABEL.fullmatch(value) or not 2 <= len(value) <= 63:
        raise refuse(
            f"`{value}` is not a host's label",
            "2 to 63 lower-case letters, digits and . _ - between; those of `ecs.` are Amazon's",
        )
    return value


def _host_value(value: str) -> str:
    if not _HOST_VALUE.fullmatch(value) or len(value) > 63:
        raise refuse(f"`{value}` is not a label's value", "up to 63 lower-case letters, digits and . _ - between")
    return value


def _few_constraints(value: Mapping[str, str]) -> Mapping[str, str]:
    if len(value) > _MOST_CONSTRAINTS:
        raise refuse(f"{len(value)} constraints are too many", f"the most is {_MOST_CONSTRAINTS}")
    return value


def _few_labels(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > _MOST_SPREAD:
        raise refuse(f"{len(value)} labels are too many", f"the most is {_MOST_SPREAD}")
    twice = next((label for label in value if value.count(label) > 1), None)
    if twice:
        raise refuse(f"`{twice}` stands twice", "take one out")
    return value


def _project_path(value: str) -> str:
    _without_controls(value)
    if not value or value.startswith("/") or "\\" in value or any(part in ("", "..") for part in value.split("/")):
        raise refuse(f"`{value}` is not a path in the project", "relative to the folder that holds `specs/`, without `..`")
    if any(len(part.encode()) > _LONGEST_PART for part in value.split("/")):
        raise refuse("a part of the path is too long", f"between two slashes Linux takes {_LONGEST_PART} bytes")
    return value


def _request_path(value: str) -> str:
    _without_controls(value)
    if not value.startswith("/"):
        raise refuse(f"`{value}` does not begin with `/`", "a request's path always does")
    if any(character in value for character in "%?#\\") or "//" in value:
        raise refuse(f"`{value}` can never match", "matching is on the decoded path, slashes merged, without its query")
    if any(part in (".", "..") for part in value.split("/")):
        raise refuse(f"`{value}` can never match", "dot segments are refused before routing")
    if len(value) > 512:
        raise refuse("the path has over 512 characters", "nginx takes parameters of up to 4095 bytes")
    return value


_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _request_host(value: str) -> str:
    if not _HOST.fullmatch(value) or len(value) > 253:
        raise refuse(
            f"`{value}` is not a host", "lower case, without a port; `*.app.example` takes every name below app.example"
        )
    return value


def _elsewhere(value: str) -> str:
    """A name that means the same machine from everywhere: no short name, which each machine completes in its own way."""
    last = value.rpartition(".")[2]
    if last.isdecimal():
        _address(value)
        if value.split(".")[0] in ("0", "127"):
            raise refuse(f"`{value}` is the container itself", "name the machine as others reach it")
    elif not _HOST.fullmatch(value) or value.startswith("*") or "." not in value or len(value) > 253:
        raise refuse(
            f"`{value}` is not a host elsewhere", "a whole name in lower case, such as db.example.com, or an IPv4 address"
        )
    elif last == "localhost":
        raise refuse(f"`{value}` is the container itself", "name the machine as others reach it")
    return value


def _alias(value: str) -> str:
    if not _HOST.fullmatch(value) or value.startswith("*") or len(value) > 253 or value.rpartition(".")[2].isdecimal():
        raise refuse(f"`{value}` is not a name in DNS", "letters a-z, digits and hyphens, in parts joined by dots")
    if value.rpartition(".")[2] == "localhost":
        raise refuse(f"`{value}` is the container itself", "choose another name")
    return value


def _plain_host(value: str) -> str:
    if value.startswith("*"):
        raise refuse(f"`{value}` is not one host", "a client can be sent to one host only")
    return _request_host(value)


_TARGET = re.compile(r"(?:https?://(?P<host>[^/?#]*))?(?P<path>[^?#]*)(?:\?[^#]*)?(?:#[^#]*)?")
_URI = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})*")


def _redirect_target(value: str) -> str:
    _without_controls(value)
    found = _TARGET.fullmatch(value)
    if not _URI.fullmatch(value) or not found:
        raise refuse(f"`{value}` is not a URL's text", "other characters are written as `%` and two digits: %20 for a blank")
    host, path = found["host"], found["path"]
    if host is None and (not path.startswith("/") or path.startswith("//")):
        raise refuse(f"`{value}` is not a place to go", "a path that begins with one `/`, or a URL that begins with https://")
    if host is not None:
        name, colon, port = host.partition(":")
        if colon and not (port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536):
            raise refuse(f"`{host}` has no port behind its colon", "such as https://shop.example:8443/")
        _plain_host(name)
    if any(part in (".", "..") for part in path.split("/")):
        raise refuse(f"`{value}` has dot segments", "write the path that they lead to")
    if len(value) > 1024:
        raise refuse("the target has over 1024 characters", "what is added to an answer must fit the engines' buffers")
    return value


def _probe_path(value: str) -> str:
    _request_path(value)
    if not re.fullmatch(r"[A-Za-z0-9/._~-]+", value):
        raise refuse(f"`{value}` is not a probe's path", "letters, digits and / . _ ~ - need no escaping in any checker")
    return value


def _glob(value: str) -> str:
    _request_path(value)
    if "***" in value:
        raise refuse(f"`{value}` has three stars in a row", "`*` stays within one segment, `**` crosses slashes")
    return value


def _port_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"`{value}` is not a port number", "write a whole number without quotes: 8080")
    if not 1 <= value <= 65535:
        raise refuse(f"port {value} is out of range", "a port is between 1 and 65535")
    return value


_LEAST_HIGH_PORT = 1024


def _high_port(value: object) -> int:
    number = _port_number(value)
    if number < _LEAST_HIGH_PORT:
        raise refuse(
            f"port {number} needs rights that the engine does not have", "listen on 8080, and publish it as `host: 80`"
        )
    return number


EPHEMERAL = 0
"""The host port of `host: ephemeral`: the engine chooses a free one."""


def _host_port(value: object) -> int:
    if value == "ephemeral" and isinstance(value, str):
        return EPHEMERAL
    if isinstance(value, int) and not isinstance(value, bool) and value == EPHEMERAL:
        raise refuse("port 0 is out of range", "write `ephemeral` to let the engine choose a free port")
    return _port_number(value)


def _address(value: str) -> str:
    parts = value.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and str(int(part)) == part and int(part) < 256 for part in parts):
        raise refuse(f"`{value}` is not an IPv4 address", "such as 127.0.0.1")
    return value


def _whole(value: object) -> object:
    """A literal number stands for itself: to Python 1.0 and true are 1 too."""
    if isinstance(value, bool | float):
        raise refuse(f"`{str(value).lower()}` is not a whole number", "write it without a point or a word: 1, 404")
    return value


WHOLE = BeforeValidator(_whole)
_PORT_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 65535}

Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
PortName = Annotated[str, AfterValidator(_port_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
HighPort = Annotated[int, PlainValidator(_high_port), WithJsonSchema({**_PORT_SCHEMA, "minimum": _LEAST_HIGH_PORT})]
PortNumber = Annotated[int, PlainValidator(_port_number), WithJsonSchema(_PORT_SCHEMA)]
HostPort = Annotated[int, PlainValidator(_host_port), WithJsonSchema({"anyOf": [_PORT_SCHEMA, {"const": "ephemeral"}]})]
Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "ipv4"})]
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
Memory = Annotated[
    Size, PlainValidator(parse_memory), _PRINTED, WithJsonSchema({"type": "string", "examples": ["512MiB", "1GiB"]})
]
Body = Annotated[Size, PlainValidator(parse_body), _PRINTED, WithJsonSchema({"type": "string", "examples": ["1MiB", "64KiB"]})]
Processors = Annotated[Cpu, PlainValidator(parse_cpu), _PRINTED, WithJsonSchema({"type": "number", "examples": [0.5, 2]})]
Line = Annotated[str, AfterValidator(_without_controls)]
Text = Annotated[str, AfterValidator(_text)]
ContainerPath = Annotated[str, AfterValidator(_container_path)]
ScratchPath = Annotated[str, AfterValidator(_scratch_path)]
FilePath = Annotated[str, AfterValidator(_file_path)]
HostFolder = Annotated[str, AfterValidator(_host_folder)]
ExportPath = Annotated[str, AfterValidator(_export)]
DriverName = Annotated[
    str, AfterValidator(_matching("[A-Za-z0-9][A-Za-z0-9_./:-]{0,127}", "a driver's name", "such as vieux/sshfs:latest"))
]
DriverOption = Annotated[
    str, AfterValidator(_matching("[A-Za-z][A-Za-z0-9_.-]{0,63}", "an option's name", "letters, digits and _ . -"))
]
ScratchSize = Annotated[Memory, AfterValidator(_whole_mebibytes)]
UserId = Annotated[str, AfterValidator(_user)]
Program = Annotated[tuple[Line, ...], AfterValidator(_program)]
_HOST_LABEL_SCHEMA = {"type": "string", "pattern": f"^{_HOST_LABEL.pattern}$"}
HostLabel = Annotated[str, AfterValidator(_host_label), WithJsonSchema(_HOST_LABEL_SCHEMA)]
HostValue = Annotated[
    str, AfterValidator(_host_value), WithJsonSchema({"type": "string", "pattern": f"^{_HOST_VALUE.pattern}$"})
]
Constraints = Annotated[Mapping[HostLabel, HostValue], AfterValidator(_few_constraints)]
HostLabels = Annotated[tuple[HostLabel, ...], AfterValidator(_few_labels)]
ProjectPath = Annotated[str, AfterValidator(_project_path)]
RequestPath = Annotated[str, AfterValidator(_request_path)]
RequestHost = Annotated[str, AfterValidator(_request_host), WithJsonSchema({"type": "string", "pattern": f"^{_HOST.pattern}$"})]
Alias = Annotated[str, AfterValidator(_alias)]
ExternalHost = Annotated[str, AfterValidator(_elsewhere)]
PlainHost = Annotated[str, AfterValidator(_plain_host)]
RedirectTarget = Annotated[str, AfterValidator(_redirect_target)]
ProbePath = Annotated[str, AfterValidator(_probe_path)]
Glob = Annotated[str, AfterValidator(_glob)]
EnvName = Annotated[
    str, AfterValidator(_matching("[A-Za-z_][A-Za-z0-9_]*", "a variable's name", "letters, digits and _; shells drop others"))
]
_LONGEST_LABEL = 4096
"""Docker takes labels of any length (traps §3.2); nobody reads a longer one."""


def _label_name(value: str) -> str:
    if re.match(r"(?:io\.twipc|com\.docker|io\.docker|org\.dockerproject)(?:\.|$)", value):
        raise refuse(
            f"`{value}` is a label of Docker's or twipc's own", "begin it with a domain of yours, such as com.example.team"
        )
    return value


def _label(value: str) -> str:
    if len(value.encode()) > _LONGEST_LABEL:
        raise refuse("the label is too long", f"a label holds up to {_LONGEST_LABEL} bytes")
    return value


LabelName = Annotated[
    str,
    AfterValidator(
        _matching(
            "[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?",
            "a label's name",
            "up to 128 letters, digits and . _ - /, such as com.example.team",
        )
    ),
    AfterValidator(_label_name),
]
Label = Annotated[Line, AfterValidator(_label)]
_HEADER_NAME = AfterValidator(
    _matching("[A-Za-z][A-Za-z0-9-]{0,63}", "a header's name", "letters, digits and hyphens (RFC 9110)")
)
HeaderName = Annotated[str, _HEADER_NAME, AfterValidator(_free_header)]
SettableHeader = Annotated[str, _HEADER_NAME, AfterValidator(_settable_header)]
RequestHeader = Annotated[str, _HEADER_NAME, AfterValidator(_request_header)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
CookieName = Annotated[str, AfterValidator(_matching("[A-Za-z][A-Za-z0-9_]{0,31}", "a cookie's name", "letters, digits and _"))]
Image = Annotated[
    str,
    AfterValidator(
        _matching(
            # Docker's own grammar (distribution's reference.go); a name of 64 such digits would be a digest.
            r"(?=.{1,255}$)(?![0-9a-f]{64}(?:[:@]|$))"
            r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?/)?"
            r"[a-z0-9]+(?:(?:\.|__?|-+|/)[a-z0-9]+)*"
            r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
            "an image's name",
            "such as shop/web:1.2.0, lower case, with a tag or a digest",
        )
    ),
]
PlatformName = Annotated[
    str, AfterValidator(_matching("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9]", "a name", "2 to 64 letters, digits and _ . -"))
]
