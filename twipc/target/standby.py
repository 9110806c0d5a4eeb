"""Reading a command that waits for a lock, and the check that is true meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from .labels import MODE

LABEL = MODE
ACTIVE_STANDBY = "active-standby"


def under_lock(argv: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The file that is locked, and what runs then; None, if nothing is locked."""
    match list(argv):
        case ["flock", "--exclusive", "--no-fork", str(lock), *rest]:
            return lock, tuple(rest)
    return None


def while_active(argv: Sequence[str]) -> tuple[str, ...] | None:
    """How who has the lock is asked; None, if who waits for it is asked too."""
    match list(argv):
        case ["sh", "-c", 'grep -qsx flock /proc/[0-9]*/comm || exec "$@"', "sh", *rest]:
            return tuple(rest)
    return None
