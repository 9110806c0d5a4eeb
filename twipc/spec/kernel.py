"""What the kernel lets a service's program do: capabilities, and the most that a process may have."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .limits import ULIMIT
from .noun import Clash, Noun
from .values import Whole, refuse

# fmt: off
Capability = Literal[
    "AUDIT_CONTROL", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH",
    "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
    "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE",
    "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID",
    "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE",
    "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
    "WAKE_ALARM",
]
# fmt: on
"""Those that every target knows: the list of ECS, without ALL."""


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names, if none stands twice."""
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice:
        raise refuse(f"`{twice}` stands twice", "take one of them out", certain=True)
    return names


# fmt: off
UlimitName = Literal[
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice",
    "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
]
# fmt: on
"""Those that Docker and ECS know."""
_Most = Annotated[int, Whole(ULIMIT, "-1 is no limit")]


class Ulimit(Noun):
    """The most that a process may have of something, in the kernel's own unit; -1 is no limit."""

    SHORT: ClassVar[str] = "both"
    ONE_OF: ClassVar[tuple[str, ...]] = ("both", "soft")
    both: _Most | None = Field(None, description="What it has, and can not raise.")
    soft: _Most | None = Field(None, description="What it has at first.")
    hard: _Most | None = Field(None, description="What it may raise that to; what `soft` says by default.")

    def clashes(self) -> Iterator[Clash]:
        if self.hard is not None and self.both is not None:
            yield Clash("`hard` is beside `both`", "write `soft` and `hard`, or the number alone", ("hard",))
        elif self.soft is not None or self.both is not None:
            soft, hard = self.pair
            if hard != -1 and not -1 < soft <= hard:
                yield Clash(f"the soft limit {soft} is over the hard one, {hard}", "-1 is no limit")

    @property
    def pair(self) -> tuple[int, int]:
        """The soft and the hard limit."""
        soft = self.both if self.both is not None else self.soft
        assert soft is not None, "one of them is written"
        return soft, soft if self.hard is None else self.hard
