"""Names of services in plain variables: on one Docker network others find them by these, on ECS nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.regex import late_regex
from twipc.spec import Service

from ..codes import NAMED
from .options import finding

_IN_A_URL = late_regex("(?:://|@)(?:[^/@?#\\s]*@)?([a-z][a-z0-9-]*)(?=[:/?#,]|$)")
_WITH_A_PORT = late_regex("(?:^|(?<=[,@/]))([a-z][a-z0-9-]*):([0-9]{1,5})(?![0-9.])")
_OF_A_HOST = late_regex("(?:^|_)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|URL|URI)S?$")


def check_names(model: Model) -> Iterator[Finding]:
    """Variables in which a service is called by its name."""
    services = model.environment.services
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            found = _named(variable, value.value or "", services)
            if found is None:
                continue
            path: Path = ("services", name, "env", variable)
            yield finding(
                model,
                NAMED,
                path,
                f"`{variable}` calls `{found}` by a name that nobody finds on ECS",
                _help(variable, value.value or "", found, services[found]),
            )


def _named(variable: str, value: str, services: Mapping[str, Service]) -> str | None:
    """The service that a value asks for, if one is here; a word alone asks for one where the variable says so."""
    if value in services and _OF_A_HOST.search(variable):
        return value
    for found in _WITH_A_PORT.finditer(value):
        service = services.get(found[1])
        if service and int(found[2]) in {port.number for port in service.ports.values()}:
            return found[1]
    return next((found[1] for found in _IN_A_URL.finditer(value) if found[1] in services), None)


def _help(variable: str, value: str, found: str, service: Service) -> str:
    port = next(iter(sorted(service.ports)), None)
    if port is None:
        return f"give `{found}` its `ports`, by which it is reached, and hand its address on: `{{address: {found}.http}}`"
    if value == found:
        return f"write `{variable}: {{address: {found}.{port}, only: host}}`"
    if _WITH_A_PORT.fullmatch(value):
        at = next((key for key, one in sorted(service.ports.items()) if str(one.number) == value.rpartition(":")[2]), port)
        return f"write `{variable}: {{address: {found}.{at}}}`"
    return f"hand its address on by itself, as `{{address: {found}.{port}}}` or in parts, or write the name that it has there"
