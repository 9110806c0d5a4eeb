"""What every service on Compose has besides its spec; the reasons stand in the target's page."""

from __future__ import annotations

from typing import Any

from twipc.formats.reading import server_baseline
from twipc.model import Model
from twipc.spec import Service
from twipc.target import BASELINE, DOCKER, FactKey, Facts

_EVERY: dict[str, object] = {
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    "deploy.resources.limits.pids": 1024,
}
_ENGINE: dict[str, dict[str, object]] = {
    "nginx": {"user": "101:101", "stop_signal": "SIGQUIT"},
    "haproxy": {"user": "99:99", "stop_signal": "SIGUSR1"},
}
_SERVED: dict[str, object] = {
    "init": False,
    "read_only": True,
    "tmpfs": ["/tmp:mode=1777,size=64m,noexec,nosuid,nodev"],
    "ulimits": {"nofile": {"soft": 16384, "hard": 16384}},
}


def baseline(model: Model, _options: Any) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    facts: dict[FactKey, object] = {}
    for name, service in model.services:
        for place, value in _service(model, service).items():
            facts[FactKey(BASELINE, (name, place))] = value
        facts.update(server_baseline(model, name, DOCKER))
    return facts


def _service(model: Model, service: Service) -> dict[str, object]:
    places = dict(_EVERY)
    places |= {**_SERVED, **_ENGINE[service.http.engine.name]} if service.http else {"init": True}
    for path, mount in service.mounts.items():
        read_only = model.environment.volumes[mount.volume].access == "read-only"
        places[f"mount of {mount.volume} at {path}"] = read_only
    return places
