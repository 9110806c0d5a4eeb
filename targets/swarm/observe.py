"""What a swarm has of a stack: the questions, and how their answers are read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from twipc.formats.composefile.write import mounted_secrets
from twipc.formats.labels import LABEL
from twipc.model import Model
from twipc.target import images, standby
from twipc.target.runtime import Answer, Asking, Instance, Status, Step, Stranger, Unanswered

from .options import SwarmOptions

MARK = f"{LABEL}deployed"
"""The label of a service that holds the digest of the folder it was deployed from."""
_NAMESPACE = "com.docker.stack.namespace"
_STATES = {"complete": "exited", "failed": "restarting", "rejected": "restarting", "shutdown": "exited"}
"""A task that came to nothing is followed by another, unless its service has none started anew."""
_ENDED = ("failed", "rejected")
_OVER = ("complete", "failed", "rejected", "shutdown", "remove", "orphaned")
"""The states in which nothing of a task runs (swarmkit, api/types.proto); of a node that is away, it is not known."""
_UNDONE = ("paused", "rollback_paused", "rollback_completed")
"""What an update that failed comes to."""


def observe(model: Model, _folder: str, mark: str) -> Asking[Status]:
    """Services by the stack's label, the tasks of each, and the secrets that are not there."""
    listing = ("docker", "service", "ls", "--quiet", "--filter", f"label={_NAMESPACE}={model.name}")
    ids = (yield from _ask(Step(listing, "list the services of the stack", reads=True))).split()
    services = yield from _inspected("service", ids, "look at each service")
    tasks: list[dict[str, Any]] = []
    if ids:
        each = ("docker", "service", "ps", "--quiet", "--no-trunc", "--", *ids)
        tasks = yield from _inspected(
            "task", (yield from _ask(Step(each, "list the tasks", reads=True))).split(), "look at each task"
        )
    joined = ("docker", "network", "ls", "--quiet", "--no-trunc", "--filter", f"label={_NAMESPACE}={model.name}")
    networks = (yield from _ask(Step(joined, "list the networks of the stack", reads=True))).split()
    secrets: list[str] = []
    if mounted_secrets(model):
        names = ("docker", "secret", "ls", "--format", "{{.Name}}")
        secrets = (yield from _ask(Step(names, "list the secrets of the swarm", reads=True))).split()
    try:
        return _status(model, services, tasks, networks, secrets, mark)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        step = Step(listing, "look at the stack", reads=True)
        raise Unanswered(step, f"its answer has a form that twipc does not know ({problem!r})") from None


def _ask(step: Step) -> Asking[str]:
    answer: Answer = yield step
    if answer.code:
        raise Unanswered(step, answer.err)
    return answer.out


def _inspected(kind: str, ids: Iterable[str], why: str) -> Asking[list[dict[str, Any]]]:
    asked = tuple(ids)
    if not asked:
        return []
    step = Step(("docker", "inspect", "--type", kind, "--", *asked), why, reads=True)
    answer: Answer = yield step
    try:
        found = json.loads(answer.out)
    except ValueError:
        raise Unanswered(step, answer.err or "it answers in a form that twipc does not know") from None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _is_ours(model: Model, service: Mapping[str, Any]) -> bool:
    labels = service["Spec"].get("Labels") or {}
    project, environment = model.environment.project, model.environment.environment
    return (labels.get(f"{LABEL}project"), labels.get(f"{LABEL}environment")) == (project, environment)


def _status(
    model: Model,
    services: list[dict[str, Any]],
    tasks: list[dict[str, Any]],
    networks: list[str],
    secrets: list[str],
    mark: str,
) -> Status:
    ours = {one["ID"]: one for one in services if _is_ours(model, one)}
    instances = [one for service in ours.values() for one in _instances(model, service, tasks, mark)]
    registry = images.said(model, "swarm", SwarmOptions).registry
    named = {name: model.environment.secrets[name].swarm for name in mounted_secrets(model)}
    return Status(
        tuple(sorted(instances, key=lambda one: (one.service, one.number, one.name))),
        tuple(_stranger(one) for one in services if one["ID"] not in ours),
        tuple(networks),
        {name: images.named(model, name, registry) for name, _ in model.services},
        groups={_name(model, one): one["ID"] for one in ours.values()},
        ending=_ending(model, ours, tasks),
        secrets={name: there.name for name, there in named.items() if there and there.name not in secrets},
    )


def _ending(model: Model, services: Mapping[str, Any], tasks: list[dict[str, Any]]) -> Mapping[str, int]:
    """Tasks that were told to end, and whose node has not said yet that they have."""
    told = [one for one in tasks if one["DesiredState"] in ("shutdown", "remove") and one["Status"]["State"] not in _OVER]
    return Counter(_name(model, services[one["ServiceID"]]) for one in told if one["ServiceID"] in services)


def _name(model: Model, service: Mapping[str, Any]) -> str:
    return str(service["Spec"]["Name"]).removeprefix(f"{model.name}_")


def _instances(model: Model, service: Mapping[str, Any], tasks: list[dict[str, Any]], mark: str) -> Iterable[Instance]:
    """The latest task of each slot; how many came to nothing before it is how often it was started anew."""
    spec = service["Spec"]
    name = _name(model, service)
    marked = (spec.get("Labels") or {}).get(MARK) == mark
    update = str((service.get("UpdateStatus") or {}).get("State", ""))
    rolled_back = update.startswith(("rollback", "paused"))
    ends = (spec["TaskTemplate"].get("RestartPolicy") or {}).get("Condition") == "none"
    slots: dict[int, list[dict[str, Any]]] = {}
    for task in tasks:
        if task["ServiceID"] == service["ID"]:
            slots.setdefault(task.get("Slot", 0), []).append(task)
    for slot, there in sorted(slots.items()):
        there.sort(key=lambda one: one["CreatedAt"])
        last = there[-1]
        if last["DesiredState"] in ("shutdown", "remove") and name in model.environment.services and len(there) > 1:
            last = next((one for one in reversed(there) if one["DesiredState"] not in ("shutdown", "remove")), last)
        if last["DesiredState"] in ("shutdown", "remove") and last["Status"]["State"] not in _ENDED:
            continue
        state = last["Status"]["State"]
        container = last["Status"].get("ContainerStatus") or {}
        of_it = _is_of(last.get("Spec") or {}, spec["TaskTemplate"])
        yield Instance(
            id=last["ID"],
            name=f"{spec['Name']}.{slot}",
            service=name,
            number=slot,
            state="exited" if state in _ENDED and ends else _STATES.get(state, state),
            health="",
            exit_code=container.get("ExitCode", 0),
            restarts=sum(one["Status"]["State"] in _ENDED for one in there),
            current=marked and not rolled_back and of_it,
            updated=update in ("", "completed") and of_it,
            undone=update in _UNDONE,
            ports=tuple(_ports(last)),
            addresses=tuple(
                address.partition("/")[0]
                for one in last.get("NetworksAttachments") or ()
                for address in one.get("Addresses") or ()
            ),
            job="ReplicatedJob" in spec["Mode"],
            guard=_guard(spec),
            writes=tuple(sorted(_written((last.get("Spec") or {}).get("ContainerSpec") or {}))),
        )


def _is_of(task: Mapping[str, Any], template: Mapping[str, Any]) -> bool:
    """Whether a task was made of a template; the engine adds defaults to the one or the other."""
    defaults = ("Runtime", "Isolation")
    return all(
        _is_of(task.get(key) or {}, value) if isinstance(value, Mapping) else (task.get(key) or None) == (value or None)
        for key, value in template.items()
        if key not in defaults
    )


def _guard(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The lock that its tasks run under, and what that lies in."""
    container = spec["TaskTemplate"]["ContainerSpec"]
    held = standby.under_lock(container.get("Command") or ())
    if not held:
        return ()
    mounts = sorted((one["Target"], one.get("Source", "")) for one in container.get("Mounts") or ())
    return (held[0], *[source for target, source in mounts if held[0].startswith(f"{target}/")][-1:])


def _written(container: Mapping[str, Any]) -> Iterable[str]:
    return (one["Source"] for one in container.get("Mounts") or () if one.get("Source") and not one.get("ReadOnly"))


def _ports(task: Mapping[str, Any]) -> Iterable[tuple[str, str, int]]:
    for port in (task["Status"].get("PortStatus") or {}).get("Ports") or ():
        if port.get("PublishMode") == "host" and port.get("PublishedPort"):
            yield f"{port['TargetPort']}/{port['Protocol']}", "", int(port["PublishedPort"])


def _stranger(service: Mapping[str, Any]) -> Stranger:
    image = str(service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]).partition("@")[0]
    return Stranger(service["ID"], service["Spec"]["Name"], image, str(service["CreatedAt"])[:16].replace("T", " "))
