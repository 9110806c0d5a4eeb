"""Roles that the template makes: what ECS needs to start a task of one service, and what its program may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.regex import late_regex

from ..options import Options
from ..tags import own
from ..template.logical import logical
from ..template.making import is_on_efs
from .file_systems import may

_HERE: Path = ("targets", "ecs")
ECR = late_regex(
    r"([0-9]{12})\.dkr(?:\.(?=ecr[^/]*\.amazonaws\.com)|-(?=ecr[^/]*\.on\.))ecr(?:-fips)?\.([a-z0-9-]+)"
    r"\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)/([^:@]+)"
)
"""ECR's names for IPv4, for both stacks, and those of FIPS 140 (ECR guide and endpoints, "dual-stack")."""
_SUFFIXED = late_regex(r".*-[A-Za-z0-9]{6}")


def execution_role(model: Model, name: str, image: str, log: Mapping[str, str], secrets: list[str]) -> Value:
    """It pulls one image, writes one log and reads the secrets of one service; `log` are its options of awslogs."""
    statements = [*_pull(name, image), *_write(name, log), *_read(name, secrets)]
    return _role(model, name, "ECS pulls its image, writes its log and reads its secrets", "start", statements)


def task_role(model: Model, options: Options, name: str) -> Value:
    """It mounts the service's volumes, each through its access point alone, and never as root."""
    statements: list[Value] = []
    for volume in sorted({mount.volume for mount in model.environment.services[name].mounts.values()}):
        if is_on_efs(model, volume):
            system, point = _places(options, volume)
            allowed: Value = {
                "Effect": "Allow",
                "Action": may(model, volume),
                "Resource": system,
                "Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": point}},
            }
            statements.append(At((*_HERE, "volumes", volume), allowed))
    return _role(model, name, "the program itself, which mounts its volumes", "mount", statements)


def _places(options: Options, volume: str) -> tuple[Value, Value]:
    """The ARNs of its file system and of its access point."""
    place = options.volumes.get(volume)
    if place is None:
        return {"Fn::GetAtt": [logical(volume, "Files"), "Arn"]}, {"Fn::GetAtt": [logical(volume, "Access"), "Arn"]}
    system, point = f"file-system/{place.file_system}", f"access-point/{place.access_point}"
    return _arn("elasticfilesystem", system), _arn("elasticfilesystem", point)


def _role(model: Model, name: str, what: str, policy: str, statements: list[Value]) -> Value:
    """Only tasks of this account and region take it (ECS guide, "confused deputy")."""
    trusted: Value = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnLike": {"aws:SourceArn": _arn("ecs", "*")},
        },
    }
    properties: dict[str, Value] = {
        "Description": f"{model.name}, {name}: {what}",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]},
    }
    if statements:
        document: Value = {"Version": "2012-10-17", "Statement": statements}
        properties["Policies"] = [{"PolicyName": policy, "PolicyDocument": document}]
    properties["Tags"] = own(model, service=name)
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _pull(name: str, image: str) -> Iterator[Value]:
    """Of ECR alone: what is pulled from elsewhere needs no permission of AWS."""
    found = ECR.match(image)
    if found:
        account, region, repository = found.groups()
        origin: Path = ("services", name, "image")
        # The one action here that knows no resource (service authorization reference, Amazon ECR).
        yield At(origin, {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"})
        pull: Value = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        where = {"Fn::Sub": f"arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{repository}"}
        yield At(origin, {"Effect": "Allow", "Action": pull, "Resource": where})


def _write(name: str, log: Mapping[str, str]) -> Iterator[Value]:
    group, region = log.get("awslogs-group"), log.get("awslogs-region")
    if group and region:
        origin: Path = ("services", name, "logging")
        where = f"arn:${{AWS::Partition}}:logs:{_literal(region)}:${{AWS::AccountId}}:log-group:{_literal(group)}"
        streams: Value = ["logs:CreateLogStream", "logs:PutLogEvents"]
        yield At(origin, {"Effect": "Allow", "Action": streams, "Resource": {"Fn::Sub": f"{where}:log-stream:*"}})
        if log.get("awslogs-create-group") == "true":
            yield At(origin, {"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": {"Fn::Sub": f"{where}:*"}})


def _read(name: str, secrets: list[str]) -> Iterator[Value]:
    """Each by its own ARN, all in one statement, as a policy has little room.

    The key within a secret, its version and its stage come after the seventh colon.
    """
    origin: Path = ("services", name, "env")
    found: dict[str, set[str]] = {}
    for arn in secrets:
        if arn.split(":")[2] == "ssm":
            found.setdefault("ssm:GetParameters", set()).add(arn)
            continue
        base = ":".join(arn.split(":")[:7])
        # Secrets Manager adds six characters to a name; whether an ARN has them already no one can tell by its looks.
        both = {base, f"{base}-??????"} if _SUFFIXED.fullmatch(base) else {f"{base}-??????"}
        found.setdefault("secretsmanager:GetSecretValue", set()).update(both)
    for action, arns in sorted(found.items()):
        yield At(origin, {"Effect": "Allow", "Action": action, "Resource": sorted(arns)})


def _arn(service: str, resource: str) -> Value:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"}


def _literal(text: str) -> str:
    """Text in which `Fn::Sub` finds nothing to put something in the place of."""
    return text.replace("${", "${!")
