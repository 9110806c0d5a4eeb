"""How a program runs: its rights, limits and places in memory."""

from __future__ import annotations

from typing import Any

from twipc.regex import late_regex
from twipc.spec import Size
from twipc.target import FactKey
from twipc.target.standby import under_lock

from .taking import Taking
from .words import cpus, size

_TMPFS = late_regex(r"(?P<path>[^:]+):mode=1777,size=(?P<size>[0-9]+[km]),noexec,nosuid,nodev")


class Program(Taking):
    """Takes the knobs of a container."""

    def program(self, mounts: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """How a program runs, with its places in memory, which may be among the mounts; gives back the others.

        Of an engine nothing is taken: all this is the target's own there.
        """
        mounted, mounts = mounts is not None, mounts or []
        if FactKey("http.engine.name", (self.name,)) in self.facts:
            return mounts
        take = self.service.pop
        self._entrypoint(tuple(self.rows(take("entrypoint", None), "entrypoint")))
        for key in ("working_dir", "user", "stop_signal"):
            self.fact(key, take(key, None))
        for key in ("read_only", "init"):
            self.fact(key, take(key, False))
        self.fact("capabilities", tuple(sorted(self.rows(take("cap_add", None), "cap_add"), key=str)))
        self.fact("ulimits", {limit: _ulimit(said) for limit, said in self.take_table("ulimits").items()})
        places: dict[str, object] = {}
        others: list[dict[str, Any]] = []
        for mount in mounts:
            match mount:
                case {"type": "tmpfs", "target": str(path), "tmpfs": {"size": int(bytes_), **inner}, **outer} if (
                    path not in places and not inner and not outer
                ):
                    places[path] = Size(bytes_)
                case _:
                    others.append(mount)
        for one in self.rows(take("tmpfs", None), "tmpfs"):
            found = _TMPFS.fullmatch(str(one))
            if found and found["path"] not in places:
                places[found["path"]] = size(found["size"])
            else:
                self.baseline("tmpfs", one)
        # A stack has no word for it but a mount in its place.
        shared = places.pop("/dev/shm", None) if mounted else size(take("shm_size", None))
        self.fact("shm_size", shared)
        self.fact("tmpfs", places)
        return others

    def _entrypoint(self, argv: tuple[Any, ...]) -> None:
        """What runs, under a lock or without."""
        locked = under_lock(argv) if self.standing_by else None
        if locked:
            self.fact("mode.active-standby.lock", locked[0])
        self.fact("entrypoint", locked[1] if locked else argv)

    def security(self) -> None:
        options = self.rows(self.service.pop("security_opt", None), "security_opt")
        asked = "no-new-privileges:true" in options
        self.fact("no_new_privileges", asked)
        if asked:
            options.remove("no-new-privileges:true")
        for option in options:
            self.baseline("security_opt", option)

    def limits(self, cpu: object, memory: object, pids: object) -> None:
        self.fact("resources.cpu", cpus(cpu))
        self.fact("resources.memory", size(memory))
        self.fact("resources.pids", pids)


def _ulimit(said: object) -> object:
    match said:
        case {"soft": int(soft), "hard": int(hard), **more} if not more:
            return (soft, hard)
    return said
