"""How a service is judged alive and ready."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .limits import CHECKS
from .noun import Noun
from .values import Check, Duration, PortName, ProbePath, Time, Whole


class HttpHealth(Noun):
    """Alive is who answers 2xx or 3xx to a GET from inside its own container."""

    SHORT: ClassVar[str] = "path"
    path: ProbePath = Field(description="The path that is asked for.")
    port: PortName = Field("http", description="The name of the port that is asked.")
    client: Literal["curl", "wget"] = Field("curl", description="The program in the image that asks.")


class Health(Noun):
    """Liveness: the engine restarts what fails it; proxies do not read it.

    An `http` service answers for itself: only the times are its spec's to say.
    """

    ONE_OF: ClassVar[tuple[str, ...]] = ("http", "command")
    KIND_NEEDED: ClassVar[bool] = False
    http: HttpHealth | None = Field(None, description="Asked by a client program inside the container.")
    command: Check | None = Field(None, description="Alive while this program ends with 0; no shell.", min_length=1)
    interval: Time = Field(Duration(5000), description="Time between two checks.")
    timeout: Time = Field(Duration(2000), description="A check that takes longer has failed.")
    failures: Annotated[int, Whole(CHECKS)] = Field(
        3,
        description="So many failures in a row make it dead; by default 3, but of a standby as many as its start may take.",
    )
    start_period: Time = Field(Duration(20_000), description="Failures do not count for so long after the start.")

    @property
    def known_after(self) -> Duration:
        """The longest that who never becomes healthy can look as if it might."""
        return Duration(self.start_period + self.failures * (self.interval + self.timeout))


class HttpReady(Noun):
    """Ready is who answers 200 to a GET."""

    SHORT: ClassVar[str] = "path"
    path: ProbePath = Field(description="The path that proxies ask for.")
    port: PortName = Field("http", description="The name of the port that is asked.")

    @property
    def path_alone(self) -> str:
        """Without its query, as who answers matches it."""
        return self.path.partition("?")[0]


class Ready(Noun):
    """Readiness: proxies and load balancers send requests only to who passes it; nothing is restarted."""

    http: HttpReady = Field(description="Asked by the proxies themselves.")
    interval: Time = Field(Duration(1000), description="Time between two checks.")
    timeout: Time = Field(Duration(500), description="A check that takes longer has failed.")
    failures: Annotated[int, Whole(CHECKS)] = Field(2, description="So many failures in a row take a member out.")
    successes: Annotated[int, Whole(CHECKS)] = Field(1, description="So many successes in a row take it back.")
