"""A program under a lock, for every target that runs it: the command that waits, and the check that is true meanwhile.

Their reader is `twipc.target.standby`, which shares no code with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from twipc.spec import Service

MODE = "active-standby"
_LOCK = ("flock", "--exclusive", "--no-fork")
"""Without a fork the program itself holds the lock, hears every signal, and frees it by its end, whichever that is."""
_ALIVE = 'grep -qsx flock /proc/[0-9]*/comm || exec "$@"'
"""Who waits is still called flock; who has the lock is the program, and is asked."""


def entrypoint(service: Service) -> list[str]:
    """The service's own, under its lock. The image's would run what it likes, without one."""
    lock = [*_LOCK, service.standby.lock] if service.standby else []
    return [*lock, *(service.entrypoint or ())]


def alive(service: Service, check: Sequence[str]) -> list[str]:
    """The check of who has the lock; who waits for it is alive."""
    return ["sh", "-c", _ALIVE, "sh", *check] if service.standby else list(check)
