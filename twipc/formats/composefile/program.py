"""How a program runs, in every dialect of the compose file: its rights, limits and places in memory."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.formats.engines import ENGINES, SCRATCH_FOLDER
from twipc.formats.standby import entrypoint
from twipc.spec import Service, Size, Tmpfs


def hardening(name: str, service: Service) -> dict[str, Value]:
    """What no service of ours needs is dropped; an engine has no more than its own files and /tmp."""
    every: dict[str, Value] = {"cap_drop": ["ALL"]}
    if not service.http:
        return every | _program(("services", name), service)
    image = ENGINES[service.http.engine.name]
    return {
        **every,
        "init": False,
        "user": image.user,
        "read_only": True,
        "stop_signal": image.stop_signal,
        "ulimits": {"nofile": {"soft": 16384, "hard": 16384}},
    }


def security(name: str, service: Service) -> Value:
    """Options of the kernel's, for dialects that do not drop them."""
    return At(("services", name, "no_new_privileges"), ["no-new-privileges:true"] if service.no_new_privileges else [])


def _program(here: Path, service: Service) -> dict[str, Value]:
    """How a program of the spec's own runs."""
    return {
        "cap_add": At((*here, "capabilities"), sorted(set(service.capabilities))),
        "init": At((*here, "init"), service.init),
        "entrypoint": At((*here, "mode" if service.standby else "entrypoint"), entrypoint(service)),
        "working_dir": At((*here, "working_dir"), service.working_dir),
        "user": At((*here, "user"), service.user),
        "read_only": At((*here, "read_only"), service.read_only or None),
        "stop_signal": At((*here, "stop_signal"), service.stop_signal),
        "ulimits": _ulimits(here, service),
    }


def _ulimits(here: Path, service: Service) -> dict[str, Value]:
    limits = {limit: noun.pair for limit, noun in sorted(service.ulimits.items())}
    return {limit: At((*here, "ulimits", limit), {"soft": soft, "hard": hard}) for limit, (soft, hard) in limits.items()}


def scratch(name: str, service: Service) -> list[tuple[Path, Tmpfs]]:
    """The places in memory, and where in the spec each comes from; an engine has one at /tmp."""
    here: Path = ("services", name)
    if service.http:
        return [((*here, "http"), Tmpfs(path=SCRATCH_FOLDER))]
    return [((*here, "tmpfs", index), tmpfs) for index, tmpfs in enumerate(service.tmpfs)]


def tmpfs(name: str, service: Service) -> list[Value]:
    """The short form: the long one has no options."""
    return [
        At(origin, f"{one.path}:mode=1777,size={_kernel(one.size)},noexec,nosuid,nodev")
        for origin, one in scratch(name, service)
    ]


def _kernel(value: Size) -> str:
    """As the kernel reads it; the language has whole pages alone."""
    return f"{value >> 10}k" if value % (1 << 20) else f"{value >> 20}m"


def shared_memory(name: str, service: Service) -> Value:
    """The size of /dev/shm, for dialects that have a word for it."""
    size = service.shm_size
    return At(("services", name, "shm_size"), memory(size) if size is not None else None)


def limits(name: str, service: Service) -> dict[str, Value]:
    """Processors, memory and processes, each None where nothing is said; the dialects differ in where they stand."""
    here: Path = ("services", name, "resources")
    cpu, size = service.resources.cpu, service.resources.memory
    return {
        "cpus": At((*here, "cpu"), str(cpu) if cpu is not None else None),
        "memory": At((*here, "memory"), memory(size) if size is not None else None),
        "pids": At((*here, "pids"), service.resources.pids),
    }


def memory(value: Size) -> str:
    """As Docker reads it, where `M` is MiB."""
    return f"{int(value) >> 20}M" if int(value) % (1 << 20) == 0 else f"{int(value)}b"
