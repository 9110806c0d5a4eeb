"""The limits of a swarm. `docker stack config` takes everything: only the deploy would say them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Path
from twipc.formats.writing import server_files
from twipc.limit import Limit
from twipc.model import Model
from twipc.spec import Http
from twipc.spec.limits import NAME as A_NAME
from twipc.target import DOCKER, Held, Measured, OutOfReach
from twipc.target.limits import Table

from .codes import CONFIG_SIZE, LONG_NAME
from .options import discovery

CONFIG_NAME = Limit(
    what="the name of a swarm's config",
    unit="characters",
    most=64,
    source="swarmkit, measured on Docker 26.1 (tests/conformance/test_limits.py)",
)
_NAME = Limit(
    what="the name of a swarm's service or network, <project>-<environment>_<name>",
    unit="characters",
    most=63,
    source="swarmkit, a label of DNS, measured on Docker 26.1 (tests/conformance/test_limits.py)",
)
_CONFIG = Limit(
    what="a swarm's config",
    unit="bytes",
    least=1,
    most=1_023_999,
    source='swarmkit, measured on Docker 26.1 (tests/conformance/test_limits.py); API reference, "ConfigCreate"',
)
_VOLUME_NAME = Limit(
    what="the name of a swarm's volume", unit="bytes", most=255, source="a folder of the host has it (Linux, NAME_MAX)"
)


def _names(model: Model, _options: Any) -> Iterator[Measured]:
    """Of services and networks; the stack's default network has one too."""
    named: list[tuple[str, Path]] = [(name, ("services", name)) for name, _ in model.services]
    named += [(name, ("networks", name)) for name in sorted(model.environment.networks)]
    if any(not service.networks for _, service in model.services):
        named.append(("default", ("environment",)))
    for name, path in named:
        full = f"{model.name}_{name}"
        what = "the stack's own network " if name == "default" else ""
        yield Measured(path, len(full), f"{what}`{full}`")


def _configs(model: Model, _options: Any) -> Iterator[Measured]:
    """Of every file that a service is given as it is."""
    for name, http in model.servers:
        for index, page in enumerate(http.error_pages):
            path: Path = ("services", name, "http", "error_pages", index, "page")
            help = "" if model.pages[page.page] else "give the page some text, or take it out"
            yield Measured(path, len(model.pages[page.page].encode()), f"`{page.page}`", key=False, help=help)
    for name, service in model.services:
        for place, file_ in sorted(service.configs.items()):
            help = "" if model.configs[file_] else "give the file some text, or take it out"
            path = ("services", name, "configs", place)
            yield Measured(path, len(model.configs[file_].encode()), f"`{file_}`", key=False, help=help)


def _server_configs(model: Model, options: Any) -> Iterator[Measured]:
    for name, http in model.servers:
        if _may_be_large(http):
            file = server_files(model, name, DOCKER if options is None else discovery(options))[0]
            size = len(file.artifact.text.encode())
            yield Measured(("services", name, "http"), size, file.artifact.path)


def _may_be_large(http: Http) -> bool:
    """Whether a server's configuration is worth writing to measure it: a path is some lines, a character four bytes."""
    size = 2000 * len(http.backends)
    for route in http.routes:
        paths = [*(route.match.prefix or ()), *(route.match.exact or ()), *(route.match.glob or ())]
        hosts = sum(map(len, route.match.host or ()))
        size += sum(2000 + 4 * (len(path) + hosts) for path in paths)
    return size > _CONFIG.most // 2


LIMITS: Table = (
    Held(limit=_NAME, code=LONG_NAME, measure=_names, help="shorten it, the environment or the project"),
    Held(
        limit=_CONFIG,
        code=CONFIG_SIZE,
        measure=_configs,
        written=_server_configs,
        help="divide its routes among several servers",
    ),
    OutOfReach(limit=CONFIG_NAME, reach=CONFIG_NAME.most, why="a longer one ends with a digest of it"),
    OutOfReach(
        limit=_VOLUME_NAME,
        reach=3 * A_NAME.most + 2 + 1 + _NAME.most + len("_1000"),
        why="project and environment, the volume, the stack's service and the number of the replica",
    ),
)
