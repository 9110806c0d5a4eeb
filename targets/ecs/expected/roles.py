"""What the roles of a template may: a second statement of it, action by action."""

from __future__ import annotations

from typing import Any

from twipc.model import Model
from twipc.spec import Service

from ..options import Options
from . import logs, making

_OLD, _DUAL = ("amazonaws.com", "amazonaws.com.cn"), ("on.aws", "on.amazonwebservices.com.cn")
_ECR = {"dkr.ecr": _OLD, "dkr.ecr-fips": _OLD, "dkr-ecr": _DUAL, "dkr-ecr-fips": _DUAL}
"""What stands before a region in the names of ECR, and what after it."""
_HERE = "<AWS::Region>:<AWS::AccountId>"
_TRUST = (
    "{'Service': 'ecs-tasks.amazonaws.com'}",
    "sts:AssumeRole",
    "itself",
    f"ArnLike aws:SourceArn arn:<AWS::Partition>:ecs:{_HERE}:*",
    "StringEquals aws:SourceAccount <AWS::AccountId>",
)


def role_facts(model: Model, options: Options, name: str, tags: Any) -> dict[str, object]:
    """Of those that are made for a service."""
    starting, mounting = making.roles(model, options, name)
    facts: dict[str, object] = {}
    made = {
        starting: ("start", "ECS pulls its image, writes its log and reads its secrets", _start(model, options, name)),
        mounting: ("mount", "the program itself, which mounts its volumes", _mount(model, options, name)),
    }
    for role, (policy, what, allowed) in made.items():
        if role and role.endswith(" of the template"):
            id_ = role.partition(" ")[0]
            facts[f"{id_}: who may take it"] = (_TRUST,)
            facts[f"{id_}: may {policy}"] = tuple(sorted(("it", *one) for one in allowed))
            facts[f"{id_}.Description"] = f"{model.environment.project}-{model.environment.environment}, {name}: {what}"
            facts[f"{id_}.Tags"] = tags
    return facts


def _mount(model: Model, options: Options, name: str) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for mount in model.environment.services[name].mounts.values():
        access, place = model.environment.volumes[mount.volume].access, options.volumes.get(mount.volume)
        if access in ("single-writer", "shared", "read-only"):
            system, point = (f"{making.logical_name(mount.volume, kind)} of the template" for kind in ("Files", "Access"))
            if place:
                system = f"arn:<AWS::Partition>:elasticfilesystem:{_HERE}:file-system/{place.file_system}"
                point = f"arn:<AWS::Partition>:elasticfilesystem:{_HERE}:access-point/{place.access_point}"
            for action in ("ClientMount", *(() if access == "read-only" else ("ClientWrite",))):
                through = f"StringEquals elasticfilesystem:AccessPointArn {point}"
                found.add((f"elasticfilesystem:{action}", system, through))
    return found


def _start(model: Model, options: Options, name: str) -> set[tuple[str, ...]]:
    service = model.environment.services[name]
    found: set[tuple[str, ...]] = set()
    place = of_ecr(image(model, options, name))
    if place:
        account, region, repository = place
        where = f"arn:<AWS::Partition>:ecr:{region}:{account}:repository/{repository}"
        found.add(("ecr:GetAuthorizationToken", "*"))
        found |= {(f"ecr:{one}", where) for one in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")}
    log = logs.log_options(model, options, name)
    if "awslogs-group" in log:
        group = f"arn:<AWS::Partition>:logs:{log['awslogs-region']}:<AWS::AccountId>:log-group:{log['awslogs-group']}"
        found |= {(f"logs:{one}", f"{group}:log-stream:*") for one in ("CreateLogStream", "PutLogEvents")}
        if log.get("awslogs-create-group") == "true":
            found.add(("logs:CreateLogGroup", f"{group}:*"))
    return found | {permission for arn in secret_arns(model, service) for permission in _reading(arn)}


def image(model: Model, options: Options, name: str) -> str:
    """Made here for files of its own, built here, or as it is written."""
    service = model.environment.services[name]
    if service.http or service.configs:
        return f"{options.registry}/{model.environment.project}-{model.environment.environment}-{name}"
    written = service.image or ""
    return f"{options.registry}/{written}" if is_ours(service) else written


def is_ours(service: Service) -> bool:
    """Whether it is built here under a name without a registry."""
    first, slash, _ = (service.image or "").partition("/")
    return service.build is not None and not (slash and (set(first) & set(".:") or first == "localhost"))


def of_ecr(image: str) -> tuple[str, str, str] | None:
    """Account, region and repository of an image that ECR has."""
    registry, _, repository = image.partition("/")
    account, _, host = registry.partition(".")
    start = next((one for one in _ECR if host.startswith(f"{one}.")), "")
    region, _, end = host.removeprefix(f"{start}.").partition(".")
    if account.isdecimal() and start and end in _ECR[start]:
        return account, region, repository.partition("@")[0].partition(":")[0]
    return None


def secret_arns(model: Model, service: Service) -> set[str]:
    names = {value.secret for value in service.env.values() if value.secret is not None}
    if service.http and service.http.stats and service.http.engine.name == "haproxy":
        names.add(service.http.stats.auth.secret)
    return {place.arn for name in names if (place := model.environment.secrets[name].ecs)}


def _reading(arn: str) -> set[tuple[str, ...]]:
    _, _, kind, *_ = parts = arn.split(":")
    if kind == "ssm":
        return {("ssm:GetParameters", arn)}
    whole = ":".join(parts[:7])
    tail = whole.rpartition("-")[2]
    found: set[tuple[str, ...]] = {("secretsmanager:GetSecretValue", f"{whole}-??????")}
    if "-" in whole and len(tail) == 6 and tail.isascii() and tail.isalnum():
        found.add(("secretsmanager:GetSecretValue", whole))
    return found
