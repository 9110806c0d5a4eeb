"""What only AWS can tell: ids and names of what is there before the services are."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from twipc.model import Model, image_of
from twipc.spec import OWN, Noun, Service
from twipc.spec.values import WHOLE, Form, Name, PortName, UserId
from twipc.target import Discovery, option

from .cidr import Cidr
from .untemplated import obstacles

_ARN = r"arn:aws[a-z-]*"


def _form(pattern: str, what: str, example: str) -> Form:
    return Form(pattern, what, f"such as {example}")


_ROLE = "arn:aws:iam::111122223333:role/shop"
LONGEST_NAMESPACE = 127
LONGEST_LOG_GROUP = 400
_LOG_GROUP = rf"[A-Za-z0-9._/#-]{{0,{LONGEST_LOG_GROUP - 1}}}[A-Za-z0-9._#-]"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
Region = Annotated[str, _form("[a-z]{2}(?:-[a-z]+)+-[0-9]", "a region", "eu-west-1")]
Cluster = Annotated[
    str,
    _form(
        rf"(?:{_ARN}:ecs:[a-z0-9-]+:[0-9]{{12}}:cluster/)?[A-Za-z0-9_-]{{1,255}}", "the name or ARN of a cluster", "shop-prod"
    ),
]
Subnet = Annotated[str, _form("subnet-[0-9a-f]{8,17}", "the id of a subnet", "subnet-0a1b2c3d4e5f60718")]
SecurityGroup = Annotated[str, _form("sg-[0-9a-f]{8,17}", "the id of a security group", "sg-0a1b2c3d4e5f60718")]
Role = Annotated[str, _form(rf"{_ARN}:iam::[0-9]{{12}}:role/[A-Za-z0-9_+=,.@/-]{{1,512}}", "the ARN of a role", _ROLE)]
Namespace = Annotated[
    str,
    _form(
        rf"(?=.{{2,{LONGEST_NAMESPACE}}}$){_LABEL}(?:\.{_LABEL})*", "the name of a Cloud Map namespace", "shop-prod.internal"
    ),
]
CloudMapService = Annotated[
    str,
    _form(
        rf"{_ARN}:servicediscovery:[a-z0-9-]+:[0-9]{{12}}:service/srv-[a-z0-9]{{8,64}}",
        "the ARN of a Cloud Map service",
        "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6071",
    ),
]
TargetGroup = Annotated[
    str,
    _form(
        rf"{_ARN}:elasticloadbalancing:[a-z0-9-]+:[0-9]{{12}}:targetgroup/[A-Za-z0-9-]{{1,32}}/[0-9a-f]{{16}}",
        "the ARN of a target group",
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071",
    ),
]
Certificate = Annotated[
    str,
    _form(
        rf"{_ARN}:acm:[a-z0-9-]+:[0-9]{{12}}:certificate/[0-9a-f-]{{36}}",
        "the ARN of a certificate",
        "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    ),
]
FileSystem = Annotated[str, _form("fs-[0-9a-f]{8,40}", "the id of an EFS file system", "fs-0a1b2c3d4e5f60718")]
AccessPoint = Annotated[str, _form("fsap-[0-9a-f]{8,40}", "the id of an EFS access point", "fsap-0a1b2c3d4e5f60718")]
ImageRegistry = Annotated[
    str,
    _form(
        r"(?=.{1,160}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*",
        "a registry of images",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
    ),
]
Repository = Annotated[
    str,
    _form(
        r"(?=.{2,255}$)[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*",
        "the name of an ECR repository",
        "shop/web",
    ),
]
LogGroup = Annotated[str, _form(_LOG_GROUP, "the name of a log group", "/shop/prod")]
# fmt: off
Days = Annotated[Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
], WHOLE]
# fmt: on
"""How long CloudWatch can keep a log (botocore's text of PutRetentionPolicy, retentionInDays)."""


class EfsVolume(Noun):
    """Where a volume of the spec is."""

    file_system: FileSystem = Field(description="The EFS file system.")
    access_point: AccessPoint = Field(description="The access point in it: a folder and the user who owns it.")


class LoadBalancer(Noun):
    """A load balancer that the template makes for what is published."""

    scheme: Literal["internet-facing", "internal"] = Field(
        "internet-facing", description="Who reaches it: everybody, or who is in the VPC or joined to it."
    )
    subnets: tuple[Subnet, ...] = Field(
        (),
        description="Where it has its addresses, one in each zone: with a route to an internet gateway. Where none is said, "
        "the template has parameters for two; an internal one is where tasks are.",
    )
    deletion_protection: bool = Field(
        True, description="Whether AWS refuses to delete it, and with it the stack: its name and addresses would be lost."
    )


class MadeNetwork(Noun):
    """The network that the template makes: two zones, and subnets without public addresses for tasks."""

    cidr: Cidr = Field("10.0.0.0/16", description="Its addresses: a private range with 10 to 16 bits of its own.")


class Options(Noun):
    """Where on AWS the environment runs."""

    launch: Literal["fargate", "ec2"] = Field(description="Who owns the machines: AWS (fargate) or you (ec2).")
    region: Region = Field(description="The region of AWS that all of it is in.")
    cluster: Cluster | None = Field(
        None, description="The cluster that the services run in; without it the template makes one, <project>-<environment>."
    )
    subnets: tuple[Subnet, ...] = Field(
        (),
        description="Where tasks get their addresses, one in each zone; two zones survive the loss of one. Where none is said, "
        "the template has parameters for two.",
    )
    network: MadeNetwork | None = Field(
        None, description="With it the template makes VPC and subnets, and the ways out that the environment needs."
    )
    security_groups: tuple[SecurityGroup, ...] = Field(
        (),
        description="What may reach the tasks of services without own groups. For one with neither the template makes a group, "
        "which lets in what the spec says.",
    )
    service_security_groups: Mapping[Name, tuple[SecurityGroup, ...]] = Field(
        {}, description="A service's own groups, in place of `security_groups`."
    )
    execution_role: Role | None = Field(
        None,
        description="With it ECS pulls images, writes logs and reads the secrets' values; of services without an own one. "
        "Where none is said, the template makes one for each, which may do just that.",
    )
    execution_roles: Mapping[Name, Role] = Field({}, description="A service's own, in place of `execution_role`.")
    task_roles: Mapping[Name, Role] = Field(
        {},
        description="What a service itself may do on AWS. For one that mounts volumes the template makes it.",
    )
    namespace: Namespace | None = Field(None, description="The Cloud Map namespace (private DNS) in which services are found.")
    cloud_map_services: Mapping[Name, CloudMapService] = Field(
        {},
        description="The Cloud Map service, named like the service, that lists its tasks as A records. Where none is "
        "said, the template makes them, and the namespace.",
    )
    ingress: Literal["proxy", "alb"] = Field(
        "proxy",
        description="Who takes requests from outside: the published `http` services themselves (proxy), or application load "
        "balancers in the place of those that only forward and send on (alb).",
    )
    certificates: Mapping[Name, Certificate] = Field(
        {}, description="The certificate of a load balancer that takes the place of this `http` service, if it has `tls`."
    )
    target_groups: Mapping[Name, Mapping[PortName, TargetGroup]] = Field(
        {},
        description="The target group (type ip) of a load balancer that is there, of each published port, by service and port. "
        "For ports without one the template makes a network load balancer, which listens on what `publish` says.",
    )
    load_balancer: LoadBalancer | None = Field(None, description="How that load balancer is made.")
    volumes: Mapping[Name, EfsVolume] = Field(
        {},
        description="Where the volumes are. For one that is not said the template makes an encrypted file system, which is new "
        "and empty.",
    )
    volume_owners: Mapping[Name, UserId] = Field(
        {},
        description='The user, "uid" or "uid:gid", as whom everybody reads and writes a volume that the template makes; '
        "without it the `user` of the services that mount it.",
    )
    registry: ImageRegistry | None = Field(
        None,
        description="Where images that are built here are pushed to and pulled from: of servers, `configs` and `build`.",
    )
    repositories: tuple[Repository, ...] = Field(
        (),
        description="Which repositories of `registry` are there, such as those of another environment; where it is ECR of this "
        "account and region, a template of its own makes the others.",
    )
    log_group: LogGroup | None = Field(
        None, description="Each service logs to the group of its name below this one; by default /<project>/<environment>."
    )
    log_retention: Days = Field(30, description="How many days logs are kept, in the groups that the template makes.")


def discovery_of(options: Any) -> Discovery:
    """Cloud Map's names, asked of the resolver that every VPC has (VPC guide, "Amazon DNS server")."""
    namespace = option(options, Options).namespace
    return Discovery(resolver="169.254.169.253", suffix=f".{namespace}" if namespace else "", secrets="variable")


def is_on_efs(model: Model, volume: str) -> bool:
    """Whether tasks have a volume in common; each one's own is a volume of the task."""
    return model.environment.volumes[volume].access not in OWN


def log_group_of(model: Model, options: Options, service: str) -> str:
    environment = model.environment
    return f"{options.log_group or f'/{environment.project}/{environment.environment}'}/{service}"


def makes_volume(model: Model, options: Options, volume: str) -> bool:
    """Whether the template makes the file system of a volume, where somebody mounts it."""
    return is_on_efs(model, volume) and volume not in options.volumes


def made_volumes(model: Model, options: Options, service: str) -> list[str]:
    """Those that a service mounts."""
    mounted = {mount.volume for mount in model.environment.services[service].mounts.values()}
    return sorted(volume for volume in mounted if makes_volume(model, options, volume))


def mounts_efs(model: Model, service: str) -> bool:
    """Whether a service mounts what tasks have in common, and so needs a role that may."""
    return any(is_on_efs(model, mount.volume) for mount in model.environment.services[service].mounts.values())


def is_made(model: Model, options: Options) -> bool:
    """Whether the template makes something that others are told of: what it is called is known then only when it is there."""
    return options.cluster is None or any(
        options.execution_roles.get(name, options.execution_role) is None
        or (mounts_efs(model, name) and name not in options.task_roles)
        or (service.kind == "service" and not (groups_of(options, name) and options.subnets))
        or made_volumes(model, options, name)
        or (service.autoscaling is not None and not any(obstacles(model)))
        for name, service in model.services
    )


def groups_of(options: Options, service: str) -> tuple[str, ...]:
    return options.service_security_groups.get(service, options.security_groups)


def is_pushed(service: Service) -> bool:
    """Whether a service's own image goes to the registry: it has `build`, and its name says no registry itself.

    As Docker tells them: a first component with a dot or a port, or `localhost`, is a registry.
    """
    first, slash, _ = image_of(service).partition("/")
    says_registry = slash and ("." in first or ":" in first or first == "localhost")
    return service.build is not None and not says_registry


def registry_of(options: Options, service: Service) -> str | None:
    """What is put before the name of a service's own image."""
    return options.registry if is_pushed(service) else None


def target_group_of(options: Options, service: str, port: str) -> str | None:
    return options.target_groups.get(service, {}).get(port)
