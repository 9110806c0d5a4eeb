"""What only AWS can tell: ids and names of what is there before the services are."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from twipc.spec import Noun
from twipc.spec.values import Name, PortName, UserId

from .forms import (
    AccessPoint,
    Bucket,
    Certificate,
    Cidr,
    CloudMapService,
    Cluster,
    Days,
    FileSystem,
    ImageRegistry,
    LogGroup,
    Namespace,
    Prefix,
    Region,
    Repository,
    Role,
    SecurityGroup,
    Subnet,
    TargetGroup,
)


class EfsVolume(Noun):
    """Where a volume of the spec is."""

    file_system: FileSystem = Field(description="The EFS file system.")
    access_point: AccessPoint = Field(description="The access point in it: a folder and the user who owns it.")


class AccessLogs(Noun):
    """Where a load balancer puts its files of requests."""

    bucket: Bucket = Field(description="The bucket of S3: in this region, with a policy that lets load balancers write to it.")
    prefix: Prefix | None = Field(None, description="What comes before `AWSLogs` in the files' names there.")


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
    access_logs: AccessLogs | None = Field(
        None,
        description="Where one that takes a server's place (`ingress: alb`) logs each request; without it nowhere. A network "
        "load balancer logs TLS alone, and ends none here.",
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
