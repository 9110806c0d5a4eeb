"""Ports, IPv4 addresses and hosts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from twipc.regex import late_regex

from ..limits import HIGH_PORT, HOST_PART, PORT, REQUEST_HOST
from .meant import meant_host, meant_name, meant_port
from .refusal import Kind, refuse

_PART = rf"[a-z0-9](?:[a-z0-9-]{{0,{HOST_PART.most - 2}}}[a-z0-9])?"
_HOST = late_regex(rf"(?:\*\.)?(?:{_PART}\.)*{_PART}")
_HOST_HELP = "lower case, without a port; `*.app.example` takes every name below app.example"
_ELSEWHERE_HELP = "a whole name in lower case, such as db.example.com, or an IPv4 address"
_ALIAS_HELP = "letters a-z, digits and hyphens, in parts joined by dots"


def _request_host(value: str) -> str:
    if not _HOST.fullmatch(value) or len(value) not in REQUEST_HOST:
        raise refuse(f"`{value}` is not a host", meant_host(value) or _HOST_HELP)
    return value


def _elsewhere(value: str) -> str:
    """A name that means the same machine from everywhere: no short name, which each machine completes in its own way."""
    last = value.rpartition(".")[2]
    if last == "localhost":
        raise refuse(f"`{value}` is the container itself", "name the machine as others reach it")
    if last.isdecimal():
        _address(value)
        if value.split(".")[0] in ("0", "127"):
            raise refuse(f"`{value}` is the container itself", "name the machine as others reach it")
    elif not _HOST.fullmatch(value) or value.startswith("*") or "." not in value or len(value) not in REQUEST_HOST:
        raise refuse(f"`{value}` is not a host elsewhere", (meant_name(value) if "." in value else "") or _ELSEWHERE_HELP)
    return value


def _alias(value: str) -> str:
    if (
        not _HOST.fullmatch(value)
        or value.startswith("*")
        or len(value) not in REQUEST_HOST
        or value.rpartition(".")[2].isdecimal()
    ):
        raise refuse(f"`{value}` is not a name in DNS", meant_name(value) or _ALIAS_HELP)
    if value.rpartition(".")[2] == "localhost":
        raise refuse(f"`{value}` is the container itself", "choose another name")
    return value


def plain_host(value: str) -> str:
    if value.startswith("*"):
        raise refuse(f"`{value}` is not one host", "a client can be sent to one host only")
    return _request_host(value)


def _port_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"`{value}` is not a port number", meant_port(value))
    if value not in PORT:
        raise refuse(f"port {value} is out of range", "a port is between 1 and 65535")
    return value


def _high_port(value: object) -> int:
    number = _port_number(value)
    if number not in HIGH_PORT:
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


_PORT_SCHEMA = {"type": "integer", "minimum": PORT.least, "maximum": PORT.most}
HighPort = Annotated[
    int,
    Kind("a port's number", f"from {HIGH_PORT.least} to {HIGH_PORT.most}"),
    PlainValidator(_high_port),
    WithJsonSchema({**_PORT_SCHEMA, "minimum": HIGH_PORT.least}),
]
_PORT_KIND = Kind("a port's number", f"from {PORT.least} to {PORT.most}")
PortNumber = Annotated[int, _PORT_KIND, PlainValidator(_port_number), WithJsonSchema(_PORT_SCHEMA)]
HostPort = Annotated[
    int,
    Kind("a port's number or `ephemeral`", _PORT_KIND.help),
    PlainValidator(_host_port),
    WithJsonSchema({"anyOf": [_PORT_SCHEMA, {"const": "ephemeral"}]}),
]
Address = Annotated[
    str,
    Kind("an IPv4 address", "such as 127.0.0.1"),
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "ipv4"}),
]
RequestHost = Annotated[
    str,
    Kind("a host", _HOST_HELP),
    AfterValidator(_request_host),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOST.pattern}$"}),
]
Alias = Annotated[str, Kind("a name in DNS", _ALIAS_HELP), AfterValidator(_alias)]
ExternalHost = Annotated[str, Kind("a host", _ELSEWHERE_HELP), AfterValidator(_elsewhere)]
PlainHost = Annotated[str, Kind("one host", "lower case, without a port"), AfterValidator(plain_host)]
