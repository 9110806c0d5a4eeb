"""Services: what runs, what of it is reached, and what it may use."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from .health import Health, Ready
from .http import Http
from .kernel import Capability, Ulimit, UlimitName, each_once
from .limits import PIDS, REPLICAS, STANDBYS
from .logging import ENDING, Logging
from .noun import Clash, Noun
from .schedule import Autoscaling, Dependency, Placement, Rollout
from .values import (
    EPHEMERAL,
    Address,
    Alias,
    ContainerPath,
    Duration,
    EnvName,
    FilePath,
    HostPort,
    Image,
    Label,
    LabelName,
    Line,
    Memory,
    Name,
    PortName,
    PortNumber,
    Processors,
    Program,
    ProjectPath,
    ScratchPath,
    SecretName,
    SharedMemory,
    Size,
    Text,
    Time,
    TmpfsSize,
    UserId,
    VolumeName,
    Whole,
    Word,
)

StopSignal = Literal["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL"]


class Build(Noun):
    """How `twipc build` makes the service's image; no artifact carries it."""

    SHORT: ClassVar[str] = "context"
    context: ProjectPath = Field(description="The folder that is built, relative to the project.")
    dockerfile: ProjectPath | None = Field(None, description="The Dockerfile in it, if it has another name.")


class EnvValue(Noun):
    """What a variable holds: a literal string, a secret, or the address of another service."""

    SHORT: ClassVar[str] = "value"
    ONE_OF: ClassVar[tuple[str, ...]] = ("value", "secret", "address")
    value: Text | None = Field(None, description="This string, literally, on every target.")
    secret: SecretName | None = Field(None, description="The value of this secret; it never passes through twipc.")
    address: Line | None = Field(
        None, description="host:port of a port, written `service.port`; of a service here or of an `external` one."
    )
    only: Literal["host", "port"] | None = Field(
        None, description="Of the `address` the host alone, or the port: many programs read each from a variable of its own."
    )

    def clashes(self) -> Iterator[Clash]:
        """A part of nothing."""
        if self.only is not None and self.address is None:
            said, help = "`only` is a part of an `address`", f"write `{{address: db.sql, only: {self.only}}}`, or take it out"
            yield Clash(said, help, ("only",), certain=False)


class Port(Noun):
    """A port that the service listens on."""

    SHORT: ClassVar[str] = "number"
    number: PortNumber = Field(description="The port's number in the container.")
    protocol: Literal["tcp", "udp"] = Field("tcp", description="What is spoken there; one number can be both, as two ports.")

    def __str__(self) -> str:
        """As Docker writes it: `8080`, `53/udp`."""
        return str(self.number) if self.protocol == "tcp" else f"{self.number}/{self.protocol}"


class Publish(Noun):
    """A port of the service that is reachable from outside the environment."""

    port: PortName = Field(description="The name of the service's port.")
    host: HostPort = Field(description="The port's number outside, or `ephemeral`: a free one.")
    address: Address | None = Field(None, description="Reachable on this address of the host only; by default on all.")


class Resources(Noun):
    """The most that one instance may use."""

    cpu: Processors | None = Field(None, description="Processors; a fraction is a share of one.")
    memory: Memory | None = Field(None, description="Memory; who wants more is ended.")
    pids: Annotated[int, Whole(PIDS, "there is always a limit, and the highest is that of the kernel")] = Field(
        1024, description="Processes and threads; more do not start."
    )


class Mount(Noun):
    """A volume at a place in the service's files."""

    SHORT: ClassVar[str] = "volume"
    volume: VolumeName = Field(description="The name of the volume.")


class SecretFile(Noun):
    """A secret as a file that the service reads; nobody can write it."""

    SHORT: ClassVar[str] = "secret"
    secret: SecretName = Field(description="The name of the secret; its value never passes through twipc.")
    path: FilePath | None = Field(None, description="Where in the container; by default /run/secrets/<name>.")


class Attachment(Noun):
    """A network that the service is on, under its own name and perhaps others."""

    SHORT: ClassVar[str] = "network"
    network: Name = Field(description="The name of the network.")
    aliases: tuple[Alias, ...] = Field((), description="By what other names it is found there.")


class Tmpfs(Noun):
    """A place for scratch files in memory: open to the service's user, nothing in it can be run, gone with the instance."""

    SHORT: ClassVar[str] = "path"
    path: ScratchPath = Field(description="Where in the container.")
    size: TmpfsSize = Field(Size(64 << 20), description="The most it may hold; it counts as memory of the instance.")


class ActiveStandby(Noun):
    """One instance works, under a lock; the others wait for it, alive and not ready, and the next takes over all its state.

    The program and each that waits are started by `flock` of util-linux, which the image must have, with `sh` and `grep`.
    """

    standbys: Annotated[int, Whole(STANDBYS)] = Field(1, description="So many wait.")
    lock: ContainerPath = Field(
        description="The file that is locked; in the single-writer volume that the lock is for. To change it, end all first."
    )


class Mode(Noun):
    """How several instances share what only one may write."""

    active_standby: ActiveStandby = Field(
        alias="active-standby",
        description="One works, the others wait. `command` and `entrypoint` run under the lock, an image's entrypoint never.",
    )


class Service(Noun):
    """One program, in one or more equal instances."""

    SHARED: ClassVar[tuple[str, ...]] = ("from",)
    kind: Literal["service", "job"] = Field(
        "service", description="job: it runs to its end, once, and only then those who depend on it as `completed`."
    )
    image: Image | None = Field(None, description="What runs; an `http` service has its engine's image by default.")
    build: Build | None = Field(None, description="How `twipc build` makes the image; needs `image` too.")
    command: tuple[Word, ...] | None = Field(None, description="Replaces the image's command; no shell.", min_length=1)
    entrypoint: Program | None = Field(None, description="Replaces the image's entrypoint and command; no shell.", min_length=1)
    working_dir: ContainerPath | None = Field(None, description="Where the program starts; else where the image says.")
    user: UserId | None = Field(None, description='Who runs it, "uid" or "uid:gid"; else whom the image says.')
    read_only: bool = Field(False, description="Nothing is written to the image's own files; always so for an `http` service.")
    tmpfs: tuple[Tmpfs, ...] = Field((), description="Places for scratch files, in memory.")
    shm_size: SharedMemory | None = Field(
        None, description="Memory that its processes share, at /dev/shm; else 64MiB. It counts as memory of the instance."
    )
    capabilities: Annotated[tuple[Capability, ...], AfterValidator(each_once)] = Field(
        (), description="What it may do of what only root may; all else is dropped."
    )
    no_new_privileges: bool = Field(True, description="Nothing in it gains rights: setuid has no effect.")
    ulimits: Mapping[UlimitName, Ulimit] = Field({}, description="Limits of its processes by name; else those of the host.")
    stop_signal: StopSignal | None = Field(None, description="What asks it to end; else what the image says.")
    init: bool = Field(True, description="Runs below a small init that hands on signals; never so for an `http` service.")
    env: Mapping[EnvName, EnvValue] = Field({}, description="Environment variables.")
    labels: Mapping[LabelName, Label] = Field({}, description="Labels of its containers, for other programs to read.")
    logging: Logging = Field(ENDING, description="Where what it prints goes; by default to three files of 10 MB.")
    ports: Mapping[PortName, Port] = Field({}, description="The ports that it listens on, by name.")
    networks: tuple[Attachment, ...] = Field((), description="The networks that it is on; else the one default network.")
    publish: tuple[Publish, ...] = Field((), description="Which ports are reachable from outside.")
    replicas: Annotated[int, Whole(REPLICAS, "0 runs none")] = Field(
        1, description="How many instances run; with a `mode`, that says so."
    )
    autoscaling: Autoscaling | None = Field(
        None, description="Instances come and go with the load, from `replicas` up; else `replicas` run."
    )
    mode: Mode | None = Field(None, description="What several instances do that are not equal; else all do the same.")
    depends_on: tuple[Dependency, ...] = Field((), description="Which services must be there before it starts.")
    placement: Placement = Field(Placement(max_per_host=None), description="Which hosts the instances run on.")
    rollout: Rollout = Field(Rollout(), description="How instances are replaced by those of the next version.")
    health: Health | None = Field(None, description="Liveness: who fails it is restarted.")
    ready: Ready | None = Field(None, description="Readiness: who fails it gets no requests.")
    resources: Resources = Field(Resources(cpu=None, memory=None), description="The most that one instance may use.")
    restart: Literal["always", "on-failure", "never"] = Field(
        "always", description="When an ended instance is started again; by default always, but a job never."
    )
    stop_grace: Time = Field(Duration(15_000), description="Time between the request to end and the kill.")
    mounts: Mapping[ContainerPath, Mount] = Field({}, description="Volumes, by their place in the container.")
    configs: Mapping[FilePath, ProjectPath] = Field(
        {}, description="Files of the project that it reads, by their place in the container; text, and never a secret."
    )
    secrets: tuple[SecretFile, ...] = Field((), description="Secrets that it reads as files.")
    http: Http | None = Field(None, description="Makes the service an HTTP server that forwards and serves files.")

    @property
    def fixed_ports(self) -> tuple[int, ...]:
        """Which of `publish` name a port of the host: one instance a host can have it."""
        return tuple(index for index, publish in enumerate(self.publish) if publish.host != EPHEMERAL)

    @property
    def most(self) -> int:
        """So many instances run when most do."""
        return max(self.replicas, self.autoscaling.max if self.autoscaling else 0)

    @property
    def standby(self) -> ActiveStandby | None:
        """How its instances wait for each other, if they do."""
        return self.mode.active_standby if self.mode else None
