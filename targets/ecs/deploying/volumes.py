"""What the tasks of a service write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .parts import Part
from .rolling import task_of

Efs = Mapping[str, object]


def volumes_of(task: Part) -> Mapping[str, Efs]:
    """The volumes on EFS, each with where it is there."""
    found = {}
    for volume in _dicts(task.properties.get("Volumes")):
        efs = volume.get("EFSVolumeConfiguration")
        if isinstance(efs, dict):
            found[str(volume.get("Name"))] = efs
    return found


def writes(service: Part, among: Mapping[str, Part]) -> Mapping[str, str]:
    """The places on EFS that its tasks may write, by access point or else by file system, with the volume's name."""
    task = task_of(service, among)
    if not task or service.properties.get("DesiredCount") == 0:
        return {}
    points = [point for one in _dicts(task.properties.get("ContainerDefinitions")) for point in _dicts(one.get("MountPoints"))]
    written = {str(point.get("SourceVolume")) for point in points if point.get("ReadOnly") is not True}
    return {_place(efs): name for name, efs in volumes_of(task).items() if name in written}


def _place(efs: Efs) -> str:
    asked = efs.get("AuthorizationConfig")
    point = asked.get("AccessPointId") if isinstance(asked, dict) else None
    return repr(point or (efs.get("FilesystemId"), efs.get("RootDirectory")))


def _dicts(value: object) -> Iterable[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
