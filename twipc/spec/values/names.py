"""Names: of nouns, of what the platforms call by name, and of hosts by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from twipc.regex import late_regex

from ..limits import (
    CONSTRAINTS,
    DRIVER,
    DRIVER_OPTION,
    HOST_LABEL,
    HOST_VALUE,
    IMAGE,
    NAME,
    PLATFORM_NAME,
    PORT,
    REGISTRY,
    RESERVED,
    SPREAD,
    USER,
)
from .refusal import Form, Kind, refuse

_NAME = late_regex(rf"[a-z][a-z0-9-]{{0,{NAME.most - 2}}}[a-z0-9]")
_NAME_HELP = "2 to 31 letters a-z, digits and single hyphens, beginning with a letter, not ending with a hyphen"


def _port_name(value: str) -> str:
    if not _NAME.fullmatch(value) or "--" in value:
        # One of small letters, digits and hyphens that others have is as a user of those writes it: My_Shop is my-shop.
        meant = re.sub("[ ._-]+", "-", value).strip("-").lower() if len(value) <= NAME.most else ""
        did = f"; did you mean `{meant}`?" if _NAME.fullmatch(meant) and meant not in RESERVED.words else ""
        raise refuse(f"`{value}` is not a name", _NAME_HELP + did)
    return value


def _named(example: str) -> BeforeValidator:
    """A name in a place where other tools have what is named itself: a path, or a name and what is done with it."""

    def check(value: object) -> object:
        if isinstance(value, str) and re.search("[/:~]", value):
            raise refuse(f"`{value}` is not a name", example)
        return value

    return BeforeValidator(check)


def _name(value: str) -> str:
    if value in RESERVED.words:
        raise refuse(f"`{value}` is a reserved word", "some target reads it as something else; choose another name")
    return _port_name(value)


def _meant_image(value: str) -> str:
    name, colon, tag = re.sub("^[a-z]+://", "", value).strip().rpartition(":")
    return f"{name.lower()}:{tag}" if colon and "/" not in tag else f"{name}{colon}{tag}".lower()


_USER_HELP = 'such as "10001" or "10001:10001", user and group; a name is only known in the image'


def _user(value: str) -> str:
    parts = value.split(":")
    if len(parts) > 2 or not all(re.fullmatch("0|[1-9][0-9]{0,9}", part) and int(part) in USER for part in parts):
        raise refuse(f"`{value}` is not a numeric user", _USER_HELP)
    return value


_HOST_LABEL = late_regex(r"(?!(?:ecs|node|engine)\.)[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_HOST_VALUE = late_regex(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""They stand in expressions of swarm and of ECS, unquoted; a swarm takes upper for lower case, and labels have two letters."""


_HOST_LABEL_HELP = (
    "2 to 63 lower-case letters, digits and . _ - between; those of `ecs.` are Amazon's, of `node.` and `engine.` Docker's"
)
_HOST_VALUE_HELP = "up to 63 lower-case letters, digits and . _ - between"


def _host_label(value: str) -> str:
    if not _HOST_LABEL.fullmatch(value) or len(value) not in HOST_LABEL:
        raise refuse(
            f"`{value}` is not a host's label",
            _HOST_LABEL_HELP + _without_docker(value),
        )
    return value


def _without_docker(value: str) -> str:
    """What helps who wrote a label as a constraint of a stack names it."""
    own = re.sub(r"^(?:node|engine)\.(?:labels\.)?", "", value)
    meant = own.lower() if own != value and len(own) in HOST_LABEL else ""
    return (
        f"; a host gets it by `docker node update --label-add {meant}=… NODE`: write `{meant}`"
        if _HOST_LABEL.fullmatch(meant)
        else ""
    )


def _host_value(value: str) -> str:
    if not _HOST_VALUE.fullmatch(value) or len(value) not in HOST_VALUE:
        raise refuse(f"`{value}` is not a label's value", _HOST_VALUE_HELP)
    return value


def _few_constraints(value: Mapping[str, str]) -> Mapping[str, str]:
    if len(value) not in CONSTRAINTS:
        raise refuse(f"{len(value)} constraints are too many", f"the most is {CONSTRAINTS.most}", certain=True)
    return value


def _few_labels(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) not in SPREAD:
        raise refuse(f"{len(value)} labels are too many", f"the most is {SPREAD.most}", certain=True)
    twice = next((label for label in value if value.count(label) > 1), None)
    if twice:
        raise refuse(f"`{twice}` stands twice", "take one out", certain=True)
    return value


_NAME_KIND = Kind("a name", _NAME_HELP)
Name = Annotated[str, _NAME_KIND, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
PortName = Annotated[
    str, _NAME_KIND, AfterValidator(_port_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})
]
DriverName = Annotated[
    str,
    Form(rf"[A-Za-z0-9][A-Za-z0-9_./:-]{{0,{DRIVER.most - 1}}}", "a driver's name", "such as vieux/sshfs:latest"),
]
DriverOption = Annotated[
    str,
    Form(rf"[A-Za-z][A-Za-z0-9_.-]{{0,{DRIVER_OPTION.most - 1}}}", "an option's name", "letters, digits and _ . -"),
]
VolumeName = Annotated[
    Name,
    _named(
        "a volume has a name here, and what it is stands beside `services`: `volumes: {news: {access: single-writer}}`, for a "
        "folder of the host with `host: /srv/news`; who may write it is its `access`"
    ),
]
SecretName = Annotated[
    Name,
    _named(
        "a secret has a name here, and where each target finds it stands beside `services`: "
        "`secrets: {key: {file: .secrets/key}}`"
    ),
]
UserId = Annotated[str, Kind("a numeric user", _USER_HELP), AfterValidator(_user)]
_HOST_LABEL_SCHEMA = {"type": "string", "pattern": f"^{_HOST_LABEL.pattern}$"}
HostLabel = Annotated[
    str, Kind("a host's label", _HOST_LABEL_HELP), AfterValidator(_host_label), WithJsonSchema(_HOST_LABEL_SCHEMA)
]
HostValue = Annotated[
    str,
    Kind("a label's value", _HOST_VALUE_HELP),
    AfterValidator(_host_value),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOST_VALUE.pattern}$"}),
]
Constraints = Annotated[Mapping[HostLabel, HostValue], AfterValidator(_few_constraints)]
HostLabels = Annotated[tuple[HostLabel, ...], AfterValidator(_few_labels)]
EnvName = Annotated[
    str,
    Form(
        "[A-Za-z_][A-Za-z0-9_]*",
        "a variable's name",
        "letters, digits and _, no digit first; shells drop others",
        lambda value: re.sub("[ .-]", "_", value),
    ),
]
_REGISTRY_PORT = r"(?!0+(?:/|$))(?:[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
"""Docker's grammar takes any digits, and its engine fails to ask there when it pulls."""


def _port_of_registry(value: str) -> str:
    found = re.match("[^/:@]+:([0-9]+)(?:/|$)", value)
    if found and int(found[1][:9]) not in PORT:
        raise refuse(f"`{found[1]}` is not a port", f"a registry listens on {PORT.least} to {PORT.most}")
    return value


def _port_of_image(value: str) -> str:
    """Before the first slash alone: what stands behind a colon in the last part is a tag."""
    return _port_of_registry(value) if "/" in value else value


Image = Annotated[
    str,
    AfterValidator(_port_of_image),
    Form(
        # Docker's own grammar (distribution's reference.go); a name of 64 such digits would be a digest.
        rf"(?=.{{1,{IMAGE.most}}}$)"
        r"(?![0-9a-f]{64}(?:[:@]|$))"
        r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
        rf"(?::{_REGISTRY_PORT})?/)?"
        r"[a-z0-9]+(?:(?:\.|__?|-+|/)[a-z0-9]+)*"
        r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
        "an image's name",
        "such as shop/web:1.2.0, lower case, with a tag or a digest; nothing is put in for a variable",
        _meant_image,
    ),
]
_HOST_PART = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"(?:localhost|{_HOST_PART}(?:\.{_HOST_PART})+|{_HOST_PART}(?=:))"
Registry = Annotated[
    str,
    AfterValidator(_port_of_registry),
    Form(
        # Docker takes a first component for a registry that has a dot or a port, or is `localhost`.
        rf"(?=.{{{REGISTRY.least},{REGISTRY.most}}}$){_HOST}(?::{_REGISTRY_PORT})?(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*",
        "a registry of images",
        "such as registry.example.com, 127.0.0.1:5000 or ghcr.io/shop",
    ),
]
Digest = Annotated[str, Form("sha256:[0-9a-f]{64}", "a digest", "sha256: and 64 digits 0-9, a-f")]
PlatformName = Annotated[
    str,
    Form(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{PLATFORM_NAME.most - 2}}}[A-Za-z0-9]", "a name", "2 to 64 letters, digits and _ . -"),
]
