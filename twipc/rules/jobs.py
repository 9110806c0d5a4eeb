"""Jobs: what runs to its end has nothing of what stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.spec import Service

from .codes.starts import JOB_MEMBER, NOT_OF_JOBS

_OF_SERVICES = ("http", "health", "ready", "publish", "rollout", "mode", "autoscaling")


def without_parts(findings: Sequence[Finding]) -> list[Finding]:
    """The findings without those on what a job does not have: it goes, and what is said of it with it."""
    gone = [one.at for one in findings if one.code is NOT_OF_JOBS]
    return [
        one
        for one in findings
        if one.code is NOT_OF_JOBS or not any(one.at == at or one.at.startswith((f"{at}.", f"{at}[")) for at in gone)
    ]


def jobs(model: Model) -> Iterator[Finding]:
    """What a job says that only a service has, and backends that have one as a member."""
    yield from of_jobs(model)
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            other = (value.address or "").partition(".")[0]
            if other in model.environment.services and model.environment.services[other].kind == "job":
                path: Path = ("services", name, "env", variable, "address")
                said = f"`{other}` is a job, and answers nobody"
                yield Finding(JOB_MEMBER, said, model.span(path), help="take it out", at=model.tree.name(path))
    for (server, backend), members in sorted(model.members.items()):
        for index, member in enumerate(members):
            if model.environment.services[member.service].kind == "job":
                path = ("services", server, "http", "backends", backend, "members", index)
                said = f"`{member.service}` is a job, and answers no requests"
                yield Finding(JOB_MEMBER, said, model.span(path), help="take it out", at=model.tree.name(path))


def of_jobs(model: Model) -> Iterator[Finding]:
    """What jobs say of themselves."""
    for name, service in model.services:
        if service.kind == "job":
            yield from _of_services(model, name, service)


def _of_services(model: Model, name: str, service: Service) -> Iterator[Finding]:
    here: Path = ("services", name)
    wrong = {(*here, leaf): f"a job has no `{leaf}`" for leaf in _OF_SERVICES if model.written((*here, leaf))}
    if service.replicas != 1:
        wrong[*here, "replicas"] = f"a job runs once, not {service.replicas} times"
    if service.restart == "always":
        wrong[*here, "restart"] = "a job that is always started again never ends"
    if service.placement.max_per_host is not None:
        wrong[*here, "placement", "max_per_host"] = "of a job there is one instance"
    for path, said in wrong.items():
        help = "take it out, or make it a service"
        yield Finding(NOT_OF_JOBS, f"`{name}`: {said}", model.span(path, key=True), help=help, at=model.tree.name(path))
