"""File systems that the template makes: of each volume that tasks have in common, and that the spec says no place for."""

from __future__ import annotations

import hashlib

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.formats.engines import ENGINES
from twipc.model import Model

from ..network.subnets import VPC, task_subnets
from ..options import Options
from ..tags import own
from ..template.logical import logical
from ..template.making import groups_of, made_volumes, makes_volume

NFS = 2049
_HERE: Path = ("targets", "ecs")
_MAY_EVER = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"]


def file_system(options: Options, volume: str) -> Value:
    place = options.volumes.get(volume)
    return place.file_system if place else {"Ref": logical(volume, "Files")}


def access_point(options: Options, volume: str) -> Value:
    place = options.volumes.get(volume)
    return place.access_point if place else {"Ref": logical(volume, "Access")}


def gate(volume: str) -> Value:
    """The security group of its mount targets."""
    return {"Fn::GetAtt": [logical(volume, "Nfs"), "GroupId"]}


def owner(model: Model, options: Options, volume: str) -> tuple[str, str] | None:
    """User and group as whom everybody reads and writes: said, or of the services that mount it, if they are of one.

    Never root, whom EFS lets in by `ClientRootAccess` alone (EFS guide, "Enforcing a user identity"). Where a user says no
    group, it has its own number.
    """
    users = {options.volume_owners.get(volume)} - {None} or {user_of(model, name) for name in mounting(model, volume)}
    only = users.pop() if len(users) == 1 else None
    uid, _, gid = (only or "0").partition(":")
    return None if "0" in (uid, gid) else (uid, gid or uid)


def user_of(model: Model, name: str) -> str | None:
    http = model.environment.services[name].http
    return ENGINES[http.engine.name].user if http else model.environment.services[name].user


def mounting(model: Model, volume: str) -> list[str]:
    """The services that mount a volume."""
    services = model.environment.services
    return sorted(name for name, one in services.items() if any(mount.volume == volume for mount in one.mounts.values()))


def volumes_to_make(model: Model, options: Options) -> list[str]:
    volumes = sorted(model.environment.volumes)
    return [volume for volume in volumes if makes_volume(model, options, volume) and mounting(model, volume)]


def file_systems(model: Model, options: Options) -> dict[str, Value]:
    """Of each volume the file system, its one folder, and in each zone the mount target that lets in who mounts it."""
    found: dict[str, Value] = {}
    for volume in volumes_to_make(model, options):
        here: Path = ("volumes", volume)
        found[logical(volume, "Files")] = At(here, _file_system(model, options, volume))
        found[logical(volume, "Access")] = At(here, _access_point(model, options, volume))
        found[logical(volume, "Nfs")] = At(here, mount_group(model, options, volume))
        for id_, made in zip(mount_targets(options, volume), _mount_targets(options, volume), strict=True):
            found[id_] = At(here, made)
    return found


def mount_targets(options: Options, volume: str) -> list[str]:
    """Called after their subnets, so that another one is another mount target."""
    return [logical(volume, f"MountIn{subnet.label}") for subnet in task_subnets(options)]


def _mount_targets(options: Options, volume: str) -> list[Value]:
    of: dict[str, Value] = {"FileSystemId": file_system(options, volume)}
    return [
        {"Type": "AWS::EFS::MountTarget", "Properties": {**of, "SubnetId": subnet.id, "SecurityGroups": [gate(volume)]}}
        for subnet in task_subnets(options)
    ]


def _file_system(model: Model, options: Options, volume: str) -> Value:
    """An update never deletes what is in it; the end of the stack does where the spec says so."""
    kept = model.environment.volumes[volume].retention == "keep"
    after_a_month: list[Value] = [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]
    return {
        "Type": "AWS::EFS::FileSystem",
        "DeletionPolicy": At(("volumes", volume, "retention"), "Retain" if kept else "Delete"),
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "Encrypted": True,
            "PerformanceMode": "generalPurpose",
            "ThroughputMode": "elastic",
            "LifecyclePolicies": after_a_month,
            "BackupPolicy": {"Status": "ENABLED" if kept else "DISABLED"},
            "FileSystemPolicy": {"Version": "2012-10-17", "Statement": _policy(model, options, volume)},
            "FileSystemTags": own(model, f"{model.name}-{volume}"),
        },
    }


def _policy(model: Model, options: Options, volume: str) -> list[Value]:
    """With a policy EFS asks IAM of everybody; without one it lets in all who reach it (EFS guide, "Using IAM").

    It refuses all who come without TLS: everybody and every resource, which is this one. Roles that the spec says are let in
    here, through an access point: they cannot be told of what is not there yet. Those of the template are told.
    """
    refused: Value = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(_MAY_EVER),
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    said = sorted({options.task_roles[name] for name in mounting(model, volume) if name in options.task_roles})
    point = {"Fn::Sub": "arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:access-point/*"}
    allowed: Value = {
        "Effect": "Allow",
        "Principal": {"AWS": list(said)},
        "Action": may(model, volume),
        "Resource": "*",
        "Condition": {"ArnLike": {"elasticfilesystem:AccessPointArn": point}},
    }
    return [refused, *([At((*_HERE, "task_roles"), allowed)] if said else [])]


def may(model: Model, volume: str) -> Value:
    """What who mounts it may do: never as root."""
    mount = "elasticfilesystem:ClientMount"
    return mount if model.environment.volumes[volume].access == "read-only" else [mount, "elasticfilesystem:ClientWrite"]


def _access_point(model: Model, options: Options, volume: str) -> Value:
    """All that comes this way is of one user, whoever runs in the container, and stays in one folder."""
    uid, gid = owner(model, options, volume) or ("", "")
    at: Path = (*_HERE, "volume_owners", volume)
    return {
        "Type": "AWS::EFS::AccessPoint",
        "Properties": {
            "FileSystemId": file_system(options, volume),
            "PosixUser": At(at, {"Uid": uid, "Gid": gid}),
            "RootDirectory": {
                "Path": f"/{volume}",
                "CreationInfo": {"OwnerUid": uid, "OwnerGid": gid, "Permissions": "0750"},
            },
            "AccessPointTags": own(model, f"{model.name}-{volume}"),
        },
    }


def mount_group(model: Model, options: Options, volume: str) -> Value:
    """It lets in the groups of the services that mount the volume, and nothing out."""
    rules: list[Value] = []
    port: dict[str, Value] = {"IpProtocol": "tcp", "FromPort": NFS, "ToPort": NFS}
    for name in mounting(model, volume):
        for group in groups_of(options, name) or [{"Fn::GetAtt": [logical(name, "Group"), "GroupId"]}]:
            rules.append({**port, "SourceSecurityGroupId": group, "Description": f"from {name}"})
    nothing: Value = {
        "IpProtocol": "icmp",
        "FromPort": -1,
        "ToPort": -1,
        "CidrIp": "127.0.0.1/32",
        "Description": "nothing else",
    }
    properties: Value = {
        "GroupDescription": f"{model.name}, {volume}: its mount targets",
        "VpcId": {"Ref": VPC},
        "SecurityGroupIngress": rules,
        "SecurityGroupEgress": [nothing],
        "Tags": own(model, f"{model.name}-{volume}"),
    }
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}


def ways_out(model: Model, options: Options, name: str) -> dict[str, dict[str, Value]]:
    """The rules, which stand apart, by which a service that may not go anywhere reaches the mount targets of its volumes."""
    return {
        _called(name, volume): {
            "IpProtocol": "tcp",
            "FromPort": NFS,
            "ToPort": NFS,
            "DestinationSecurityGroupId": gate(volume),
            "Description": f"to the volume {volume}",
        }
        for volume in made_volumes(model, options, name)
    }


def _called(name: str, volume: str) -> str:
    """`WebMountsNewsOn2049`; where a name has one of these words in it there is a digest besides."""
    digest = ""
    if {"mounts", "from", "to", "on"} & {*name.split("-"), *volume.split("-")}:
        digest = "X" + hashlib.sha256(f"{name} mounts {volume}".encode()).hexdigest()[:8]
    return f"{logical(name, 'Mounts')}{logical(volume, 'On')}{NFS}{digest}"
