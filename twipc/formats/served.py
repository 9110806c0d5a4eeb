"""What an engine's format offers to the targets: files for one server, and their meaning read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from twipc.model import Model
from twipc.spec import Duration, Service
from twipc.target import Artifact, Discovery, Facts


class ServerFile(Struct, frozen=True):
    """A file of a service and its place in the service's container."""

    artifact: Artifact
    container_path: str


Write = Callable[[Model, str, Discovery], tuple[ServerFile, ...]]
"""The files of one service, named `<service>/…`; the configuration itself is the first."""
ReadServer = Callable[[Mapping[str, str], str, Discovery], Facts]
"""What the files of one service mean, by their place in the container."""
ServerBaseline = Callable[[Model, str, Discovery], Facts]
"""What the format adds of its own for one service."""


def workers(service: Service) -> int | None:
    """How many threads can run at once under the service's limit; none is as many as there are processors.

    An engine counts the host's processors, not its share of them (nginx 1.30, haproxy 3.2); more wake each other in vain.
    """
    cpu = service.resources.cpu
    return None if cpu is None else -(-int(cpu) // 1000)


def drain(service: Service) -> Duration:
    """Time to finish what is in flight: a second less than whoever ends the engine waits before it kills."""
    return Duration(max(1000, int(service.stop_grace) - 1000))
