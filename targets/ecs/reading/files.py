"""What the file systems of a template are: whose files they hold, how they are kept, and where they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fitting import Shape, fitting
from .groups import Note
from .permissions import permissions
from .resolving import TEMPLATE_FILE, Resolving

_FILE_SYSTEM: Shape = {
    "Encrypted": bool,
    "PerformanceMode": str,
    "ThroughputMode": str,
    "LifecyclePolicies": [{"TransitionToIA": str, "TransitionToPrimaryStorageClass": str}],
    "BackupPolicy": {"Status": str},
    "FileSystemPolicy": {"Statement": [dict]},
    "FileSystemTags": [{"Key": str, "Value": str}],
}
_ACCESS_POINT: Shape = {
    "FileSystemId": str,
    "PosixUser": {"Uid": str, "Gid": str},
    "RootDirectory": {"Path": str, "CreationInfo": {"OwnerUid": str, "OwnerGid": str, "Permissions": str}},
    "AccessPointTags": [{"Key": str, "Value": str}],
}
_MOUNT_TARGET: Shape = {"FileSystemId": str, "SubnetId": str, "SecurityGroups": [str]}
_KINDS: dict[str, Shape] = {
    "AWS::EFS::FileSystem": _FILE_SYSTEM,
    "AWS::EFS::AccessPoint": _ACCESS_POINT,
    "AWS::EFS::MountTarget": _MOUNT_TARGET,
}


def read_files(resources: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, object]) -> tuple[list[Note], set[str]]:
    return read_kinds(_KINDS, {"FileSystemPolicy": "who may mount it"}, resources, parameters)


def read_kinds(
    kinds: Mapping[str, Shape],
    policies: Mapping[str, str],
    resources: Mapping[str, Mapping[str, Any]],
    parameters: Mapping[str, object],
) -> tuple[list[Note], set[str]]:
    """What is said of each resource of these kinds, and the ids that were read."""
    resolving = Resolving(resources, parameters)
    notes: list[Note] = []
    read: set[str] = set()
    for id_, resource in sorted(resources.items()):
        kind = str(resource.get("Type", ""))
        if kind not in kinds:
            continue
        read.add(id_)
        properties = fitting(TEMPLATE_FILE, resolving.value(resource.get("Properties", {})), kinds[kind], id_)
        for member, what in policies.items():
            if member in properties:
                notes.append((id_, f"{id_}: {what}", permissions(properties.pop(member))))
        notes += [(id_, f"{id_}.{key}", value) for key, value in properties.items()]
        notes += [(id_, f"{id_}: {key}", value) for key, value in resource.items() if key != "Properties"]
    return notes, read
