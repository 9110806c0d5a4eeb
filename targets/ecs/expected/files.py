"""The file systems that a template makes: a second statement of them."""

from __future__ import annotations

from typing import Any

from twipc.model import Model

from ..options import Options
from . import making

_ENGINES = {"nginx": "101:101", "haproxy": "99:99"}
_EFS = "elasticfilesystem"
_POINTS = f"arn:<AWS::Partition>:{_EFS}:<AWS::Region>:<AWS::AccountId>:access-point/*"
_KEPT = {"keep": ("Retain", "ENABLED"), "delete": ("Delete", "DISABLED")}
"""What becomes of it with the stack, and whether AWS Backup copies it every day."""


def file_facts(model: Model, options: Options, tags: Any) -> dict[tuple[str, str], object]:
    """Of each: encrypted, one folder of one user, and a way to it for who mounts it alone."""
    facts: dict[tuple[str, str], object] = {}
    for volume in making.volumes_made(model, options):
        called = f"{model.environment.project}-{model.environment.environment}"
        own = [{"Key": "Name", "Value": f"{called}-{volume}"}, *tags]
        files, nfs = (making.logical_name(volume, kind) for kind in ("Files", "Nfs"))
        retention = model.environment.volumes[volume].retention
        said = _file_system(files, retention, own) | _folder(model, options, volume, own)
        said[f"{files}: who may mount it"] = tuple(sorted(_let_in(model, options, volume)))
        for id_, subnet in mount_targets(options, volume).items():
            said[f"{id_}: Type"] = "AWS::EFS::MountTarget"
            said[f"{id_}.FileSystemId"] = f"{files} of the template"
            said[f"{id_}.SubnetId"] = subnet
            said[f"{id_}.SecurityGroups"] = [f"{nfs} of the template"]
        facts |= {("template", place): value for place, value in said.items()}
        group = {
            "in the template: group": nfs,
            f"{nfs}.GroupDescription": f"{called}, {volume}: its mount targets",
            f"{nfs}.VpcId": "<Vpc>",
            f"{nfs}.Tags": own,
            "who reaches it": tuple(sorted(_ways_in(model, options, volume), key=repr)),
            "whom it reaches": (("127.0.0.1/32", "icmp", -1, -1, "nothing else"),),
        }
        facts |= {(nfs, place): value for place, value in group.items()}
    return facts


def _file_system(files: str, retention: str, tags: Any) -> dict[str, object]:
    policy, backup = _KEPT[retention]
    return {
        f"{files}: Type": "AWS::EFS::FileSystem",
        f"{files}: DeletionPolicy": policy,
        f"{files}: UpdateReplacePolicy": "Retain",
        f"{files}.Encrypted": True,
        f"{files}.PerformanceMode": "generalPurpose",
        f"{files}.ThroughputMode": "elastic",
        f"{files}.LifecyclePolicies": [
            {"TransitionToIA": "AFTER_30_DAYS"},
            {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
        ],
        f"{files}.BackupPolicy": {"Status": backup},
        f"{files}.FileSystemTags": tags,
    }


def _folder(model: Model, options: Options, volume: str, tags: Any) -> dict[str, object]:
    uid, gid = _user(model, options, volume)
    access = making.logical_name(volume, "Access")
    made = {"OwnerUid": uid, "OwnerGid": gid, "Permissions": "0750"}
    return {
        f"{access}: Type": "AWS::EFS::AccessPoint",
        f"{access}.FileSystemId": f"{making.logical_name(volume, 'Files')} of the template",
        f"{access}.PosixUser": {"Uid": uid, "Gid": gid},
        f"{access}.RootDirectory": {"Path": "/" + volume, "CreationInfo": made},
        f"{access}.AccessPointTags": tags,
    }


def mount_targets(options: Options, volume: str) -> dict[str, str]:
    """Each with its subnet."""
    return {
        making.logical_name(volume, "MountIn") + subnet.replace("subnet-", "").strip("<>"): subnet
        for subnet in making.subnets(options)
    }


def files_told(model: Model, options: Options) -> dict[str, object]:
    """The outputs: what is there when the stack is gone."""
    return {
        making.logical_name(volume, "Files"): {
            "Description": f"The file system of the volume {volume}, which outlives this stack.",
            "Value": {"Ref": making.logical_name(volume, "Files")},
        }
        for volume in making.volumes_made(model, options)
        if model.environment.volumes[volume].retention == "keep"
    }


def _mounting(model: Model, volume: str) -> list[str]:
    return [name for name in model.environment.services if volume in making.mounted(model, name)]


def _user(model: Model, options: Options, volume: str) -> tuple[str, str]:
    said = options.volume_owners.get(volume)
    for name in _mounting(model, volume):
        service = model.environment.services[name]
        said = said or (_ENGINES[service.http.engine.name] if service.http else service.user)
    parts = (said or "").split(":")
    return parts[0], parts[-1]


def _ways_in(model: Model, options: Options, volume: str) -> set[tuple[object, ...]]:
    return {
        (group, "tcp", 2049, 2049, f"from {name}")
        for name in _mounting(model, volume)
        for group in making.said_groups(options, name) or [f"{making.logical_name(name, 'Group')} of the template"]
    }


def _let_in(model: Model, options: Options, volume: str) -> set[tuple[str, ...]]:
    """Nobody without TLS, and by the policy itself only roles that the spec says."""
    never, untouched = "never {'AWS': '*'}", "Bool aws:SecureTransport false"
    found: set[tuple[str, ...]] = {(never, f"{_EFS}:Client{one}", "*", untouched) for one in ("Mount", "Write", "RootAccess")}
    roles = sorted({options.task_roles[name] for name in _mounting(model, volume) if name in options.task_roles})
    written = () if model.environment.volumes[volume].access == "read-only" else ("Write",)
    if roles:
        who = repr({"AWS": roles})
        found |= {(who, f"{_EFS}:Client{one}", "*", f"ArnLike {_EFS}:AccessPointArn {_POINTS}") for one in ("Mount", *written)}
    return found
