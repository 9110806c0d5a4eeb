"""The environment: everything that one spec says."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from .noun import Clash, Noun
from .service import Service
from .values import (
    WHOLE,
    DriverName,
    DriverOption,
    ExportPath,
    ExternalHost,
    Form,
    HostFolder,
    Kind,
    Line,
    Name,
    PlatformName,
    PortName,
    PortNumber,
    ProjectPath,
    refuse,
)

Access = Literal["single-writer", "shared", "read-only", "per-replica", "scratch"]
OWN = ("per-replica", "scratch")
"""Accesses of which each instance has one of its own."""


class Nfs(Noun):
    """A folder that a server exports by NFS 4.1, mounted hard and with locks."""

    server: ExternalHost = Field(description="The server's whole name in DNS, or its IPv4 address.")
    path: ExportPath = Field(description="The folder that it exports.")


class Driver(Noun):
    """A volume driver of Docker's, and what it is told."""

    SHORT: ClassVar[str] = "name"
    name: DriverName = Field(description="Its name on the hosts; they must have it.")
    options: Mapping[DriverOption, Line] = Field({}, description="What it is told, each a string.")

    def clashes(self) -> Iterator[Clash]:
        """What `host` and `nfs` say is said by them: no second name hides a second writer, no `nolock` a lock."""
        kind = self.options.get("type", "")
        given = self.options.get("o", "").split(",")
        if self.name == "local" and kind.startswith("nfs"):
            yield Clash("this is NFS in other words", "write `nfs: {server: …, path: …}`: mounted hard, with locks")
        if self.name == "local" and (kind == "none" or {"bind", "rbind"} & set(given)):
            yield Clash("this is a folder of the host in other words", "write `host: /path`")


class Volume(Noun):
    """State, and who may write it. Without a kind it is the target's own: a named volume, on ECS a folder of EFS."""

    ONE_OF: ClassVar[tuple[str, ...]] = ("host", "nfs", "driver")
    KIND_NEEDED: ClassVar[bool] = False
    access: Access = Field(
        description="Who may write it: one at once, all, nobody; or each instance has its own, kept (per-replica) or gone "
        "with it (scratch)."
    )
    retention: Literal["keep", "delete"] = Field("keep", description="Whether it is kept when the environment goes down.")
    host: HostFolder | None = Field(None, description="It is this folder of the host.")
    nfs: Nfs | None = Field(None, description="It is a folder of a server.")
    driver: Driver | None = Field(None, description="It is made by a volume driver.")

    def clashes(self) -> Iterator[Clash]:
        """An instance's own is no common place, and what lies elsewhere is not twipc's to delete."""
        kind = next((name for name in self.ONE_OF if getattr(self, name) is not None), "")
        written = "retention" in self.model_fields_set
        if kind and self.access in OWN:
            said = f"`{kind}` is one place, and with `access: {self.access}` each instance has its own"
            yield Clash(said, f"take out `{kind}`", (kind,))
        if self.access == "scratch" and written:
            yield Clash(
                "scratch is gone with its instance", "take out `retention`, or write `access: per-replica`", ("retention",)
            )
        if kind in ("host", "nfs") and self.retention == "delete":
            yield Clash(f"nothing here deletes what lies behind `{kind}`", "take out `retention`: it is kept", ("retention",))


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


SecretArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9/_+=.@:-]+",
        "the ARN of a secret",
        "such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db",
    ),
]


class EcsSecret(Noun):
    """A secret in Secrets Manager or Parameter Store."""

    SHORT: ClassVar[str] = "arn"
    arn: SecretArn = Field(description="Its ARN, with a JSON key if it has one.")


class Secret(Noun):
    """Where each target finds a secret; its value never passes through twipc."""

    file: ProjectPath | None = Field(None, description="Compose: a git-ignored file that holds the value.")
    swarm: SwarmSecret | None = Field(None, description="Swarm: an external secret.")
    ecs: EcsSecret | None = Field(None, description="ECS: an ARN.")


_LETTERS = 3
"""Fewer letters and digits are no reason; whether more are one, only a reader can say."""


def _reason(value: str) -> str:
    if sum(map(str.isalnum, value)) < _LETTERS:
        raise refuse(f"`{value}` is no reason", "say in some words why the loss is wanted, for who reads the spec next")
    return value


Reason = Annotated[
    Line,
    Kind("a line of text", "some words"),
    AfterValidator(_reason),
    WithJsonSchema({"type": "string", "minLength": _LETTERS}),
]
FindingCode = Annotated[str, Form("[A-Z0-9]{3,20}", "a finding's code", "such as TW512", str.upper)]


class Acceptance(Noun):
    """A loss that is known and wanted, at one place of the spec, for one target or several."""

    ONE_OR_MORE: ClassVar[tuple[str, ...]] = ("target",)
    code: FindingCode = Field(description="The finding's code, such as TW513.")
    at: Line = Field(
        description="The place as the finding names it: its path joined by dots, a list item by its port or name where no "
        "other item has it, else by its number, from 0. A `*` is any one name: `services.*.depends_on.*`."
    )
    target: tuple[Line, ...] = Field(min_length=1, description="The targets on which it is lost.")
    because: Reason = Field(description="The reason, for who reads the spec next.")


class Environment(Noun):
    """One environment of a project: what runs, and on which targets."""

    SHARED: ClassVar[tuple[str, ...]] = ("extends",)
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
