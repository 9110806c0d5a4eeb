"""A model as task definitions and services of ECS, as `aws ecs` takes them."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.engines import ENGINES, variable_of
from twipc.formats.labels import LABEL, own_labels
from twipc.formats.probe import http_probe
from twipc.formats.standby import MODE, alive, entrypoint
from twipc.model import Model, image_of
from twipc.spec import Health, Service
from twipc.target import Artifact, Bundle, Discovery, bundle, images, option

from . import limits
from .deployment import deployment
from .options import Options, discovery_of, groups_of, is_on_efs, log_group_of, registry_of, target_group_of
from .placing import placement
from .render import document, image_folder, image_name

_HERE: Path = ("targets", "ecs")
_TMP = "twipc_tmp"
"""The volume for /tmp: names in a spec have no underscore."""


def compile(model: Model, options_: Any) -> Bundle:
    """A task definition for each, and a service, but for a job; for one with files of its own the folder of its image too."""
    options = option(options_, Options)
    artifacts: list[Artifact] = []
    for name, service in model.services:
        artifacts += task_definition(model, options, name)
        if service.kind == "service":
            artifacts.append(document(f"{name}.service.json", ("services", name), _service(model, options, name)))
    return bundle(*artifacts)


def task_definition(model: Model, options: Options, name: str) -> tuple[Artifact, ...]:
    """A service's task definition, and after it the folder of the image that it names, if that is made here."""
    service, discovery = model.environment.services[name], discovery_of(options)
    image = image_of(service)
    registry = registry_of(options, service)
    if registry:
        image = f"{registry}/{image}"
    folder = image_folder(model, name, discovery, image)
    own = images.packed(model, name, registry)
    named = At(("services", name, "image"), own.pinned if own else image)
    if folder:
        # What it starts from has no digest: another one would be another folder, and so another image than the lock knows.
        of = "http" if service.http else "configs"
        named = At(("services", name, of), images.with_digest(model, image_name(model, name, folder, options.registry)))
    task = _task(model, options, name, named, discovery)
    return (document(f"{name}.taskdef.json", ("services", name), task), *folder)


def _task(model: Model, options: Options, name: str, image: Value, discovery: Discovery) -> dict[str, Value]:
    service = model.environment.services[name]
    size = limits.task_size(options.launch, service)
    assert size, "check refuses a service that has no size"
    resources: Path = ("services", name, "resources")
    fargate = options.launch == "fargate"
    role = "execution_roles" if name in options.execution_roles else "execution_role"
    return without_nothing(
        {
            "family": At(("project",), f"{model.name}-{name}"),
            "requiresCompatibilities": At((*_HERE, "launch"), [options.launch.upper()]),
            "networkMode": "awsvpc",
            "cpu": At((*resources, "cpu"), str(size.cpu) if size.cpu is not None else None),
            "memory": At((*resources, "memory"), str(size.memory)),
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"} if fargate else {},
            "executionRoleArn": At((*_HERE, role), options.execution_roles.get(name, options.execution_role)),
            "taskRoleArn": At((*_HERE, "task_roles", name), options.task_roles.get(name)),
            "containerDefinitions": [_container(model, options, name, image, discovery)],
            "volumes": _volumes(model, options, service),
            "tags": _tags(model, options, name),
        }
    )


def _container(model: Model, options: Options, name: str, image: Value, discovery: Discovery) -> Value:
    service = model.environment.services[name]
    here: Path = ("services", name)
    engine = ENGINES[service.http.engine.name] if service.http else None
    return without_nothing(
        {
            "name": name,
            "image": image,
            "essential": True,
            "versionConsistency": "enabled",
            "user": engine.user if engine else At((*here, "user"), service.user),
            "memory": At((*here, "resources", "memory"), limits.container_memory(service)),
            "entryPoint": At((*here, "mode" if service.standby else "entrypoint"), entrypoint(service)),
            "command": At((*here, "command"), list(service.command or ())),
            "workingDirectory": At((*here, "working_dir"), service.working_dir),
            "environment": _environment(model, name, discovery),
            "secrets": _secrets(model, name),
            "portMappings": _ports(model, name),
            "mountPoints": _mount_points(model, name),
            "healthCheck": _health(model, name, service.health) if service.health else None,
            "stopTimeout": At((*here, "stop_grace"), limits.STOP[options.launch].fit(service.stop_grace)),
            "readonlyRootFilesystem": True if engine else At((*here, "read_only"), service.read_only or None),
            "linuxParameters": _linux(options, here, service),
            "dockerSecurityOptions": _security(options, here, service),
            "ulimits": [{"name": "nofile", "softLimit": 16384, "hardLimit": 16384}]
            if engine
            else _ulimits(options, here, service),
            "dockerLabels": {**_labels(model, options, name, service), **own_labels(name, service)},
            "logConfiguration": _log(model, options, name),
        }
    )


def _linux(options: Options, here: Path, service: Service) -> dict[str, Value]:
    """An engine has nothing of these: rules refuse them there."""
    added: list[Value] = [*sorted({name for name in service.capabilities if options.launch == "ec2" or name in limits.ADDED})]
    places: list[Value] = [
        At(
            (*here, "tmpfs", index),
            {
                "containerPath": tmpfs.path,
                "size": limits.mebibytes(tmpfs.size),
                "mountOptions": ["noexec", "nosuid", "nodev"],
            },
        )
        for index, tmpfs in enumerate(service.tmpfs)
    ]
    return without_nothing(
        {
            "initProcessEnabled": At((*here, "init"), service.init and not service.http),
            "capabilities": without_nothing({"add": At((*here, "capabilities"), added), "drop": ["ALL"]}),
            "tmpfs": places if options.launch == "ec2" else [],
            "sharedMemorySize": _shared_memory(options, here, service),
        }
    )


def _shared_memory(options: Options, here: Path, service: Service) -> Value:
    """Not valid on Fargate (botocore's text of LinuxParameters)."""
    said = service.shm_size if options.launch == "ec2" else None
    return At((*here, "shm_size"), limits.mebibytes(said) if said is not None else None)


def _ulimits(options: Options, here: Path, service: Service) -> list[Value]:
    limits_ = {name: noun.pair for name, noun in sorted(service.ulimits.items())}
    return [
        At((*here, "ulimits", name), {"name": name, "softLimit": soft, "hardLimit": hard})
        for name, (soft, hard) in limits_.items()
        if max(soft, hard) <= limits.LARGEST and (options.launch == "ec2" or name in limits.RAISED)
    ]


def _security(options: Options, here: Path, service: Service) -> Value:
    """Not valid on Fargate (botocore's text of dockerSecurityOptions)."""
    said = service.no_new_privileges and options.launch == "ec2"
    return At((*here, "no_new_privileges"), ["no-new-privileges"] if said else [])


def _environment(model: Model, name: str, discovery: Discovery) -> list[Value]:
    pairs: list[Value] = []
    for variable, value in sorted(model.environment.services[name].env.items()):
        origin: Path = ("services", name, "env", variable)
        if value.value is not None:
            pairs.append(At(origin, {"name": variable, "value": value.value}))
        elif value.address is not None:
            service, _, port = value.address.partition(".")
            address = model.elsewhere(value.address) or f"{discovery.host(service)}:{model.number(service, port)}"
            pairs.append(At(origin, {"name": variable, "value": address}))
    return pairs


def _secrets(model: Model, name: str) -> list[Value]:
    """By ARN: ECS reads the value when a task starts, with the execution role."""
    service = model.environment.services[name]
    used = {variable: value.secret for variable, value in service.env.items() if value.secret is not None}
    if service.http and service.http.stats and service.http.engine.name == "haproxy":
        secret = service.http.stats.auth.secret
        used[variable_of(secret)] = secret
    found: list[Value] = []
    for variable, secret in sorted(used.items()):
        place = model.environment.secrets[secret].ecs
        if place is not None:
            found.append(At(("secrets", secret, "ecs"), {"name": variable, "valueFrom": place.arn}))
    return found


def _ports(model: Model, name: str) -> list[Value]:
    service = model.environment.services[name]
    spoken = {(member.service, member.number) for members in model.members.values() for member in members}
    if service.http:
        spoken.add((name, service.http.listen.number))
    return [
        At(
            ("services", name, "ports", port),
            without_nothing(
                {
                    "name": port,
                    "containerPort": noun.number,
                    "protocol": noun.protocol,
                    "appProtocol": "http" if noun.protocol == "tcp" and (name, noun.number) in spoken else None,
                }
            ),
        )
        for port, noun in sorted(service.ports.items())
        if port != _https(service)
    ]


def _https(service: Service) -> str | None:
    """The port for https: without its certificate, which is a file, nobody listens there."""
    return service.http.tls.listen.port if service.http and service.http.tls else None


def _mount_points(model: Model, name: str) -> list[Value]:
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


def _volumes(model: Model, options: Options, service: Service) -> list[Value]:
    found: list[Value] = []
    for name in sorted({mount.volume for mount in service.mounts.values()}):
        place = options.volumes.get(name)
        if not is_on_efs(model, name):
            found.append(At(("volumes", name), {"name": name}))
        elif place:
            # Beside an access point a root directory must not be set: the point says it.
            efs: Value = {
                "fileSystemId": place.file_system,
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": place.access_point, "iam": "ENABLED"},
            }
            found.append(At((*_HERE, "volumes", name), {"name": name, "efsVolumeConfiguration": efs}))
    return [*found, {"name": _TMP}] if _own_tmp(service) else found


def _health(model: Model, name: str, health: Health) -> Value:
    here: Path = ("services", name, "health")
    argv = list(health.command or ())
    if health.http:
        argv = http_probe(health.http, model.number(name, health.http.port))
    return {
        "command": At(here, ["CMD", *alive(model.environment.services[name], argv)]),
        "interval": At((*here, "interval"), limits.INTERVAL.fit(health.interval)),
        "timeout": At((*here, "timeout"), limits.TIMEOUT.fit(health.timeout)),
        "retries": At((*here, "failures"), health.failures),
        "startPeriod": At((*here, "start_period"), limits.START_PERIOD.fit(health.start_period)),
    }


def _labels(model: Model, options: Options, name: str, service: Service) -> dict[str, Value]:
    """The registry that was put before the image's name, and what a volume promises: a mount has no place for it."""
    labels: dict[str, Value] = {}
    if service.standby:
        labels[f"{LABEL}mode"] = At(("services", name, "mode"), MODE)
    registry = registry_of(options, service)
    if registry:
        labels[f"{LABEL}registry"] = At((*_HERE, "registry"), registry)
    for mounted in sorted({mount.volume for mount in service.mounts.values()}):
        volume = model.environment.volumes[mounted]
        efs = is_on_efs(model, mounted)
        labels[f"{LABEL}volume.{mounted}.access"] = At(("volumes", mounted, "access"), volume.access if efs else "scratch")
        if efs:
            labels[f"{LABEL}volume.{mounted}.retention"] = At(("volumes", mounted, "retention"), "keep")
    return labels


def _log(model: Model, options: Options, name: str) -> Value:
    """As the spec asks for, if ECS can; else awslogs. Non-blocking: a log that cannot be sent must not stop the program."""
    here: Path = ("services", name, "logging")
    asked = model.environment.services[name].logging
    kept = model.written(here) and asked.driver in limits.LOG_DRIVERS[options.launch]
    said: dict[str, Value] = {option: At((*here, "options", option), text) for option, text in asked.told.items() if kept}
    if kept and asked.driver != "awslogs":
        return without_nothing({"logDriver": At((*here, "driver"), asked.driver), "options": said})
    said = {
        "awslogs-group": At((*_HERE, "log_group"), log_group_of(model, options, name)),
        "awslogs-region": At((*_HERE, "region"), options.region),
        **{option: text for option, text in said.items() if option in limits.OF_AWSLOGS},
        "awslogs-stream-prefix": name,
    }
    buffered: dict[str, Value] = {} if "mode" in said else {"mode": "non-blocking", "max-buffer-size": "4m"}
    return {"logDriver": At((*here, "driver"), "awslogs"), "options": {**said, **buffered}}


def _tags(model: Model, options: Options, name: str) -> list[Value]:
    pairs = {
        "project": At(("project",), model.environment.project),
        "environment": At(("environment",), model.environment.environment),
        "service": At(("services", name), name),
        "namespace": At((*_HERE, "namespace"), options.namespace),
    }
    return [At(value.origin, {"key": key, "value": value}) for key, value in pairs.items() if value.value is not None]


def _service(model: Model, options: Options, name: str) -> dict[str, Value]:
    service = model.environment.services[name]
    here: Path = ("services", name)
    family = At(("project",), f"{model.name}-{name}")
    balancers = _load_balancers(model, options, name)
    registry = options.cloud_map_services.get(name)
    fargate = options.launch == "fargate"
    return without_nothing(
        {
            "cluster": At((*_HERE, "cluster"), options.cluster),
            "serviceName": family,
            "taskDefinition": family,
            "desiredCount": At((*here, "replicas"), 1 if service.standby else service.replicas),
            "schedulingStrategy": At((*here, "restart"), "REPLICA"),
            "launchType": At((*_HERE, "launch"), options.launch.upper()),
            "platformVersion": "1.4.0" if fargate else None,
            "deploymentController": {"type": "ECS"},
            **deployment(model, name, service),
            **placement(options.launch, name, service),
            "networkConfiguration": {"awsvpcConfiguration": _network(options, name)},
            "loadBalancers": balancers,
            "healthCheckGracePeriodSeconds": _grace(service) if balancers else None,
            "serviceRegistries": [At((*_HERE, "cloud_map_services", name), {"registryArn": registry})] if registry else [],
            "enableExecuteCommand": False,
            "enableECSManagedTags": True,
            "propagateTags": "SERVICE",
            "tags": _tags(model, options, name),
        }
    )


def _network(options: Options, name: str) -> dict[str, Value]:
    groups = "service_security_groups" if name in options.service_security_groups else "security_groups"
    return without_nothing(
        {
            "subnets": At((*_HERE, "subnets"), list(options.subnets)),
            "securityGroups": At((*_HERE, groups), list(groups_of(options, name))),
            "assignPublicIp": "DISABLED",
        }
    )


def _load_balancers(model: Model, options: Options, name: str) -> list[Value]:
    """One target group for each published port that has one; a port on one address of a host is never balanced.

    A number that is TCP and UDP may have one group for both.
    """
    found: dict[tuple[str, int], Value] = {}
    for index, publish in enumerate(model.environment.services[name].publish):
        arn = target_group_of(options, name, publish.port)
        number = model.number(name, publish.port)
        https = _https(model.environment.services[name])
        if arn and publish.address is None and publish.port != https and (arn, number) not in found:
            found[arn, number] = At(
                ("services", name, "publish", index),
                {
                    "targetGroupArn": At((*_HERE, "target_groups", name, publish.port), arn),
                    "containerName": name,
                    "containerPort": number,
                },
            )
    return list(found.values())


def _grace(service: Service) -> int:
    """Time before the load balancer's opinion counts: until the container's own check would have given up."""
    health = service.health
    if health is None:
        return 60
    return limits.START_PERIOD.fit(health.start_period) + health.failures * limits.INTERVAL.fit(health.interval)
