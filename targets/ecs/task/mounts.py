"""What a task mounts."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.spec import Service

from ..options import Options
from ..template.making import is_on_efs
from .file_systems import access_point, file_system

_HERE: Path = ("targets", "ecs")
_TMP = "twipc_tmp"
"""The volume for /tmp: names in a spec have no underscore."""


def mount_points(model: Model, name: str) -> list[Value]:
    service = model.environment.services[name]
    points: list[Value] = [
        At(
            ("services", name, "mounts", path),
            {
                "sourceVolume": mount.volume,
                "containerPath": path,
                "readOnly": model.environment.volumes[mount.volume].access == "read-only",
            },
        )
        for path, mount in sorted(service.mounts.items())
    ]
    if _own_tmp(service):
        points.append({"sourceVolume": _TMP, "containerPath": "/tmp", "readOnly": False})
    return points


def _own_tmp(service: Service) -> bool:
    """Fargate has no tmpfs: what a server on a read-only root writes goes to a volume of the task."""
    return service.http is not None and "/tmp" not in service.mounts


def volumes(model: Model, options: Options, service: Service) -> list[Value]:
    found: list[Value] = []
    for name in sorted({mount.volume for mount in service.mounts.values()}):
        if not is_on_efs(model, name):
            found.append(At(("volumes", name), {"name": name}))
        else:
            # Beside an access point a root directory must not be set: the point says it.
            efs: Value = {
                "fileSystemId": file_system(options, name),
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": access_point(options, name), "iam": "ENABLED"},
            }
            found.append(At((*_HERE, "volumes", name), {"name": name, "efsVolumeConfiguration": efs}))
    return [*found, {"name": _TMP}] if _own_tmp(service) else found
