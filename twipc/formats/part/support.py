"""The answers of a target that is one engine's configuration alone: what runs it is an orchestrator's business."""

from __future__ import annotations

from twipc.target import FieldSupport, Outside

_WHY = Outside("a proxy's configuration runs no services; the orchestrators' targets say it")

PART: FieldSupport = {
    "environment.project": _WHY,
    "environment.environment": _WHY,
    "service.image": _WHY,
    "service.build.context": _WHY,
    "service.build.dockerfile": _WHY,
    "service.command": _WHY,
    "service.entrypoint": _WHY,
    "service.working_dir": _WHY,
    "service.user": _WHY,
    "service.read_only": _WHY,
    "service.tmpfs": _WHY,
    "service.capabilities": _WHY,
    "service.no_new_privileges": _WHY,
    "service.ulimits": _WHY,
    "service.stop_signal": _WHY,
    "service.init": _WHY,
    "service.env": _WHY,
    "service.ports": _WHY,
    "service.networks": _WHY,
    "service.publish": _WHY,
    "service.replicas": _WHY,
    "service.depends_on": _WHY,
    "service.health.http.path": _WHY,
    "service.health.http.port": _WHY,
    "service.health.http.client": _WHY,
    "service.health.command": _WHY,
    "service.health.interval": _WHY,
    "service.health.timeout": _WHY,
    "service.health.failures": _WHY,
    "service.health.start_period": _WHY,
    "service.resources.cpu": _WHY,
    "service.resources.memory": _WHY,
    "service.restart": _WHY,
    "service.stop_grace": _WHY,
    "service.mounts": _WHY,
    "service.configs": _WHY,
    "service.secrets": _WHY,
    "network.internal": _WHY,
    "network.encrypted": _WHY,
    "volume.access": _WHY,
    "volume.retention": _WHY,
    "secret.file": _WHY,
    "secret.swarm.name": _WHY,
    "secret.ecs.arn": _WHY,
}
