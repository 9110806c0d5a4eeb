"""What a test asks of the harness: an engine, its files, the world around it, and steps to take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Behaviour:
    """How a stand-in backend treats what it is asked.

    `refuse` closes the port, `vanish` takes the address away (no answer, no RST, like a stopped container),
    `hang` takes the request and says nothing, `slow` answers after `seconds`, `status` answers with `status`.
    `paths` limits the last three to the readiness paths or to the others.
    """

    kind: Literal["answer", "status", "slow", "hang", "refuse", "vanish"] = "answer"
    status: int = 200
    seconds: float = 0.0
    paths: Literal["all", "ready", "other"] = "all"


ANSWERING = Behaviour()


@dataclass(frozen=True)
class Backend:
    """A stand-in HTTP server: one service that listens on each of its addresses, which lie in 10.0.0.0/8."""

    service: str
    addresses: tuple[str, ...]
    port: int = 8080
    ready: tuple[str, ...] = ("/health",)
    behaviour: Behaviour = ANSWERING


@dataclass(frozen=True)
class Request:
    """One HTTP request; `path` and `raw` are latin-1 text whose bytes are sent as they stand.

    A `source` in 127.0.0.0/8 asks from inside the engine's container, one in 10.0.0.0/8 from around it.
    Requests that name the same `connection` follow each other on it; without a name each has its own.
    With `tls`, such as TLSv1.2, it is asked by this version alone, and `authority` is the one certificate that is trusted.
    """

    path: str = "/"
    method: str = "GET"
    port: int = 80
    host: str = "twip.example"
    headers: Pairs = ()
    body: str = ""
    raw: str | None = None
    source: str = "127.0.0.1"
    connection: str = ""
    seconds: float = 5.0
    tls: str = ""
    authority: str = ""


@dataclass(frozen=True)
class Wait:
    """Repeats a request until it has this status and all in `seen` (`web@10.0.1.1`) have answered it."""

    request: Request
    status: int = 200
    seen: tuple[str, ...] = ()
    seconds: float = 10.0


@dataclass(frozen=True)
class Load:
    """Sends one request `count` times over `concurrency` clients; `meanwhile` a behaviour changes after so many seconds."""

    request: Request
    count: int = 100
    concurrency: int = 4
    meanwhile: "tuple[tuple[float, SetBehaviour], ...]" = ()


@dataclass(frozen=True)
class Talk:
    """Asks for an upgrade, then says each word `gap` seconds after the one before, and waits until the connection ends."""

    request: Request
    words: tuple[str, ...] = ()
    gap: float = 0.0


@dataclass(frozen=True)
class Pause:
    """Lets some seconds pass."""

    seconds: float


@dataclass(frozen=True)
class SetNames:
    """Changes what names lead to; one without addresses is unknown from then on, others stay as they are."""

    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SetBehaviour:
    """Changes how a service behaves, on one of its addresses or on all."""

    service: str
    behaviour: Behaviour
    address: str | None = None


Step = Request | Wait | Load | Talk | Pause | SetNames | SetBehaviour


@dataclass(frozen=True)
class Inner:
    """A second engine, of the other kind, in a network of its own where `service` leads to it; it sees who asks it."""

    engine: str
    files: Mapping[str, str]
    service: str = "inner"


@dataclass(frozen=True)
class Scenario:
    """One run of one engine.

    `engine` is a tool's name (nginx, haproxy, haproxy-2.8) or the path of a binary; `files` maps absolute
    paths to texts; `arguments` replaces the command line that the engine's official image would use.
    """

    engine: str
    files: Mapping[str, str]
    steps: tuple[Step, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    backends: tuple[Backend, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] | None = None
    inner: Inner | None = None
    seconds: float = 45.0
