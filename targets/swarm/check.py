"""What only a swarm has to say of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.spec import Volume
from twipc.target import images, option
from twipc.target.readiness import unasked
from twipc.target.secrets import missing_places

from .codes import BOTH_AT_ONCE, PINNED, PINNED_TOGETHER
from .lower import fixed_ports, is_pinned

NAME = "swarm"


def check(model: Model, options: Any) -> Iterator[Finding]:
    """What is pinned, what never ends, secrets without a name, readiness that nobody asks, and a registry of nothing."""
    yield from _pinned(model)
    yield from _pinned_together(model)
    yield from _both_at_once(model)
    yield from missing_places(model, NAME, "swarm", lost="variables")
    yield from unasked(model, NAME)
    yield from images.registry_findings(model, option(options, images.ImageOptions).registry, NAME)


def _pinned(model: Model) -> Iterator[Finding]:
    """Volumes that some service mounts, each once."""
    used: dict[str, Path] = {}
    for name, service in model.services:
        for place, mount in sorted(service.mounts.items()):
            if is_pinned(model.environment.volumes[mount.volume]):
                used.setdefault(mount.volume, ("services", name, "mounts", place))
    for volume, mounted in sorted(used.items()):
        path: Path = ("volumes", volume)
        label = f"docker node update --label-add {model.name}.{volume}=true NODE"
        yield Finding(
            PINNED,
            f"`{volume}` lies on one node{_standing_by(model, volume)}: its loss is an outage"
            if _on_one_node(model.environment.volumes[volume])
            else f"`{volume}` lies on the nodes that you label: swarm carries nothing from one to another",
            model.span(path, key=True),
            help=f"label {_which_node(model.environment.volumes[volume])}: {label}",
            related=(Related(model.span(mounted), "it is mounted here"),),
            at=model.tree.name(path),
            target=NAME,
        )


def _standing_by(model: Model, volume: str) -> str:
    """Who is there with the volume, and goes with its node."""
    mounting = (model.environment.services[str(path[1])] for path in model.mounts[volume])
    return ", with who works and who stands by" if any(service.standby for service in mounting) else ""


def _on_one_node(volume: Volume) -> bool:
    """Whether it cannot be on several: twipc's own named volumes are not, and one writer is on one node."""
    return is_pinned(volume) and (volume.access == "single-writer" or not (volume.host or volume.driver))


def _which_node(volume: Volume) -> str:
    if _on_one_node(volume):
        return "exactly one NODE, the one that holds it"
    return "each NODE that has it, and only one, unless all have the same files"


def _pinned_together(model: Model) -> Iterator[Finding]:
    """Replicas that must all run on the node of a volume, which may not have so many: for a port, or for the spec."""
    for name, service in model.services:
        fixed = fixed_ports(service)
        most = 1 if fixed else service.placement.max_per_host
        places = [place for place, mount in service.mounts.items() if _on_one_node(model.environment.volumes[mount.volume])]
        if not places or most is None or service.replicas <= most:
            continue
        path: Path = ("services", name, "replicas")
        place, mount = min(places), service.mounts[min(places)]
        if fixed:
            limit: Path = ("services", name, "publish", fixed[0], "host")
            has, why = f"has port {service.publish[fixed[0]].host} once", "each wants this port"
            help = "`replicas: 1`, `host: ephemeral`, or a proxy before them that is published alone"
        else:
            limit, has, why = ("services", name, "placement", "max_per_host"), f"may have {most}", "no node may have more"
            help = f"`replicas: {most}`, or a larger `max_per_host`"
        yield Finding(
            PINNED_TOGETHER,
            f"{service.replicas} replicas of `{name}` must run on the one node of `{mount.volume}`, which {has}",
            model.span(path),
            help=help,
            related=(
                Related(model.span(limit), why),
                Related(model.span(("services", name, "mounts", place)), "the volume holds them together"),
            ),
            at=model.tree.name(path),
            target=NAME,
        )


def _both_at_once(model: Model) -> Iterator[Finding]:
    """Updates that start a task before the one ends whose port it wants: they never end."""
    for name, service in model.services:
        fixed = fixed_ports(service)
        if service.rollout.order == "start-first" and fixed:
            path: Path = ("services", name, "rollout", "order")
            port: Path = ("services", name, "publish", fixed[0], "host")
            yield Finding(
                BOTH_AT_ONCE,
                f"the new task of `{name}` waits for port {service.publish[fixed[0]].host}, and the old one for the new one",
                model.span(path),
                help="`order: stop-first`, `host: ephemeral`, or a proxy before it that is published alone",
                related=(Related(model.span(port), "both want this port"),),
                at=model.tree.name(path),
                target=NAME,
            )
