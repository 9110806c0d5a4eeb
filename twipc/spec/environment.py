"""The environment: everything that one spec says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from .noun import Noun
from .service import Service
from .values import WHOLE, ExternalHost, Line, Name, PlatformName, PortName, PortNumber, ProjectPath

Access = Literal["single-writer", "shared", "read-only"]


class Volume(Noun):
    """State that outlives an instance, and who may write it."""

    access: Access = Field(description="How many may write it at once.")
    retention: Literal["keep", "delete"] = Field("keep", description="Whether it is kept when the environment goes down.")


class Network(Noun):
    """A network: services on it reach each other by their names, and those on no network of theirs do not."""

    internal: bool = Field(False, description="No way leads out of it, and no published port into it.")
    encrypted: bool = Field(False, description="What goes over it from one machine to another is encrypted.")


class External(Noun):
    """A service that runs elsewhere, such as a managed database: others take its address, and nothing runs it here."""

    host: ExternalHost = Field(description="Its name in DNS, or its IPv4 address; the same on every target.")
    ports: Mapping[PortName, PortNumber] = Field(
        description="The numbers of the ports that it listens on, by name.", min_length=1
    )


class SwarmSecret(Noun):
    """A secret that was made with `docker secret create`."""

    SHORT: ClassVar[str] = "name"
    name: PlatformName = Field(description="Its name in the swarm; rotate by a new name.")


class EcsSecret(Noun):
    """A secret in Secrets Manager or Parameter Store."""

    SHORT: ClassVar[str] = "arn"
    arn: Line = Field(
        description="Its ARN, with a JSON key if it has one.",
        pattern=r"^arn:aws[a-z-]*:(secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9/_+=.@:-]+$",
    )


class Secret(Noun):
    """Where each target finds a secret; its value never passes through twipc."""

    file: ProjectPath | None = Field(None, description="Compose: a git-ignored file that holds the value.")
    swarm: SwarmSecret | None = Field(None, description="Swarm: an external secret.")
    ecs: EcsSecret | None = Field(None, description="ECS: an ARN.")


class Acceptance(Noun):
    """A loss that is known and wanted, at one place of the spec for one target."""

    code: Line = Field(description="The finding's code.", pattern=r"^[A-Z0-9]{3,20}$")
    at: Line = Field(description="The place: its path joined by dots, a list item by its port or name.")
    target: Line = Field(description="The target.")
    because: Line = Field(description="The reason.", min_length=3)


class Environment(Noun):
    """One environment of a project: what runs, and on which targets."""

    twipc: Annotated[Literal[1], WHOLE] = Field(description="The version of the language: 1.")
    project: Name = Field(description="The project's name, the same in all its environments.")
    environment: Name = Field(description="The environment's name: the file's name without its ending.")
    targets: Mapping[str, Mapping[str, Any]] = Field(
        description="What is generated, with each target's own options.", min_length=1
    )
    services: Mapping[Name, Service] = Field(description="What runs.", min_length=1)
    networks: Mapping[Name, Network] = Field({}, description="Networks that keep services apart; there is a default one.")
    external: Mapping[Name, External] = Field({}, description="Services that run elsewhere, whose addresses variables hold.")
    volumes: Mapping[Name, Volume] = Field({}, description="State that outlives an instance.")
    secrets: Mapping[Name, Secret] = Field({}, description="Where each target finds a secret.")
    accept: tuple[Acceptance, ...] = Field((), description="Losses that are known and wanted.")
