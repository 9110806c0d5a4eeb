"""Where what a service prints goes."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from .noun import Noun
from .values import Kind, Line

LogDriver = Literal["json-file", "local", "journald", "syslog", "gelf", "fluentd", "awslogs", "none"]
# fmt: off
LOG_OPTIONS = (
    "mode", "max-buffer-size", "tag", "labels", "env", "max-size", "max-file", "compress",
    "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key",
    "gelf-address", "gelf-compression-type", "gelf-compression-level", "gelf-tcp-max-reconnect", "gelf-tcp-reconnect-delay",
    "fluentd-address", "fluentd-async", "fluentd-async-reconnect-interval", "fluentd-buffer-limit", "fluentd-retry-wait",
    "fluentd-max-retries", "fluentd-request-ack", "fluentd-sub-second-precision",
    "awslogs-group", "awslogs-region", "awslogs-stream", "awslogs-create-group", "awslogs-datetime-format",
)
# fmt: on
"""Those of all drivers; which of them takes which, and what, is a rule's (TW422)."""
LogOption = Annotated[
    str,
    Kind("an option of the driver", ", ".join(LOG_OPTIONS)),
    WithJsonSchema({"type": "string", "enum": list(LOG_OPTIONS)}),
]


class Logging(Noun):
    """Where what a service prints goes."""

    SHORT: ClassVar[str] = "driver"
    driver: LogDriver = Field(description="Docker's driver that takes it.")
    options: Mapping[LogOption, Line] = Field(
        {}, description="What the driver is told, each a string, by Docker's own names; never a secret."
    )

    @property
    def told(self) -> dict[str, str]:
        """The options in order."""
        return {option: self.options[option] for option in sorted(self.options)}


ENDING = Logging(driver="json-file", options={"max-size": "10m", "max-file": "3"})
"""Docker's own default never ends a log (its documentation, "JSON File logging driver": `max-size` is -1, unlimited)."""
