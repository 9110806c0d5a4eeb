"""What every dialect adds to a service: a second, reviewed statement, held against what the reader finds left over.

Sources: compose-lint (CL-0003, CL-0006, CL-0007, CL-0026), which the tests run; files are the two sockets of each connection
that the engines take; users and signals as in the engines' official images.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from twipc.formats.reading import server_baseline
from twipc.model import Model
from twipc.target import BASELINE, Discovery, FactKey, Facts

_EVERY: Mapping[str, object] = {
    "cap_drop": ["ALL"],
}
_SERVED: Mapping[str, object] = {
    "init": False,
    "read_only": True,
    "ulimits.nofile.soft": 16384,
    "ulimits.nofile.hard": 16384,
}
_ENGINE: Mapping[str, Mapping[str, object]] = {
    "nginx": {"user": "101:101", "stop_signal": "SIGQUIT"},
    "haproxy": {"user": "99:99", "stop_signal": "SIGUSR1"},
}
_FILES = {
    "nginx": ("/etc/nginx/nginx.conf", "/etc/nginx/pages/.twipc/"),
    "haproxy": ("/usr/local/etc/haproxy/haproxy.cfg", "/usr/local/etc/haproxy/pages/"),
}


def common(model: Model, name: str, discovery: Discovery) -> Facts:
    """The facts of one service that are left over in every dialect."""
    service = model.environment.services[name]
    places: dict[str, object] = dict(_EVERY)
    if service.http:
        places |= {**_SERVED, **_ENGINE[service.http.engine.name]}
    for path, mount in service.mounts.items():
        places[f"mount of {mount.volume} at {path}"] = model.environment.volumes[mount.volume].access == "read-only"
    return {**of_service(name, places), **server_baseline(model, name, discovery)}


def made_images(model: Model, registry: str | None) -> Facts:
    """What images are called that are made here: with their registry, and with the digest that the lock has of them."""
    facts: dict[FactKey, object] = {}
    locked = model.locked.lock if model.locked else None
    before = registry or (locked.registry if locked else None)
    for name, service in model.environment.services.items():
        if service.build and service.image and "@" not in service.image:
            elsewhere = before is None or re.match(r"([^/]*[.:][^/]*|localhost)/", service.image)
            image = service.image if elsewhere else f"{before}/{service.image}"
            digest = locked.images.get(image) if locked else None
            facts[FactKey("service.image", (name,))] = f"{image}@{digest}" if digest else image
    return facts


def files_of(model: Model, name: str) -> list[str]:
    """Where the files of a service lie in its container: configuration and pages of an engine, or what the spec names."""
    http = model.environment.services[name].http
    if http is None:
        return list(model.environment.services[name].configs)
    config, pages = _FILES[http.engine.name]
    waits = http.engine.name == "haproxy" and any(backend.hold is not None for backend in http.backends.values())
    is_old = tuple(map(int, http.engine.version.split("."))) < (3, 2)
    program = ["/usr/local/etc/haproxy/hold.lua"] if waits and is_old else []
    return [config, *program, *(f"{pages}{page.status[0]}.html" for page in http.error_pages)]


def secret_places(model: Model, name: str) -> list[str]:
    """Where the files of a service lie that hold secrets."""
    service = model.environment.services[name]
    read = [service.http.stats.auth.secret] if service.http and service.http.stats else []
    read += [service.http.tls.certificate] if service.http and service.http.tls else []
    return [
        *(f"/run/secrets/{secret}" for secret in read),
        *(file.path or f"/run/secrets/{file.secret}" for file in service.secrets),
    ]


def mounted_files(model: Model, name: str, how: Mapping[str, object]) -> dict[str, object]:
    """How each of these is mounted, where it is a mount."""
    attributes = {"type": "bind", "read_only": True, **how}
    return {f"file at {file}.{key}": value for file in files_of(model, name) for key, value in attributes.items()}


def of_service(name: str, places: Mapping[str, object]) -> Facts:
    return {FactKey(BASELINE, (name, place)): value for place, value in places.items()}
