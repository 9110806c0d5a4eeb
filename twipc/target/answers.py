"""The fields that targets and engines answer for. Derived by `./test --update`: do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .support import Answer

EngineSupport = TypedDict(
    "EngineSupport",
    {
        "service.ready.http.path": "Answer",
        "service.ready.http.port": "Answer",
        "service.ready.interval": "Answer",
        "service.ready.timeout": "Answer",
        "service.ready.failures": "Answer",
        "service.ready.successes": "Answer",
        "http.engine.name": "Answer",
        "http.engine.version": "Answer",
        "http.listen.port": "Answer",
        "http.listen.number": "Answer",
        "http.routes": "Answer",
        "http.default.status": "Answer",
        "http.default.backend": "Answer",
        "http.timeouts.request": "Answer",
        "http.timeouts.idle": "Answer",
        "http.timeouts.connect": "Answer",
        "http.timeouts.response": "Answer",
        "http.error_pages": "Answer",
        "http.expose_headers": "Answer",
        "http.stats.port": "Answer",
        "http.stats.number": "Answer",
        "http.stats.auth.secret": "Answer",
        "backend.members": "Answer",
        "backend.balance": "Answer",
        "backend.sticky.cookie": "Answer",
        "backend.retries": "Answer",
        "backend.max_members": "Answer",
    },
)

FieldSupport = TypedDict(
    "FieldSupport",
    {
        "environment.project": "Answer",
        "environment.environment": "Answer",
        "service.image": "Answer",
        "service.build.context": "Answer",
        "service.build.dockerfile": "Answer",
        "service.command": "Answer",
        "service.entrypoint": "Answer",
        "service.working_dir": "Answer",
        "service.user": "Answer",
        "service.read_only": "Answer",
        "service.tmpfs": "Answer",
        "service.capabilities": "Answer",
        "service.stop_signal": "Answer",
        "service.init": "Answer",
        "service.env": "Answer",
        "service.ports": "Answer",
        "service.publish": "Answer",
        "service.replicas": "Answer",
        "service.health.http.path": "Answer",
        "service.health.http.port": "Answer",
        "service.health.http.client": "Answer",
        "service.health.command": "Answer",
        "service.health.interval": "Answer",
        "service.health.timeout": "Answer",
        "service.health.failures": "Answer",
        "service.health.start_period": "Answer",
        "service.resources.cpu": "Answer",
        "service.resources.memory": "Answer",
        "service.restart": "Answer",
        "service.stop_grace": "Answer",
        "service.mounts": "Answer",
        "volume.access": "Answer",
        "volume.retention": "Answer",
        "secret.file": "Answer",
        "secret.swarm.name": "Answer",
        "secret.ecs.arn": "Answer",
    },
)
