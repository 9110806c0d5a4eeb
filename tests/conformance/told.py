"""What AWS tells of what a stack has made, in the words of its template, so that the two can be held against each other."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.conformance.moto import ACCOUNT, REGION, Moto

PLACE = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
"""What moto has for pseudo parameters."""
Properties = Mapping[str, Any]
TOLD: dict[str, Callable[[Moto, str], Properties]] = {}
"""By kind of resource: what is told of the one that has an id."""


def teller(kind: str) -> Callable[[Callable[[Moto, str], Properties]], Callable[[Moto, str], Properties]]:
    def keep(function: Callable[[Moto, str], Properties]) -> Callable[[Moto, str], Properties]:
        TOLD[kind] = function
        return function

    return keep


def unless_missing(ask: Callable[[], Any]) -> Any:
    """What of a resource may have been dropped by itself."""
    try:
        return ask()
    except ClientError:
        return None


@teller("AWS::EC2::SecurityGroup")
def _group(moto: Moto, id_: str) -> Properties:
    ec2 = moto.client("ec2")
    [group] = ec2.describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [id_]}])["SecurityGroupRules"]
    ways: dict[bool, list[Properties]] = {False: [], True: []}
    for rule in rules:
        peer = "DestinationSecurityGroupId" if rule["IsEgress"] else "SourceSecurityGroupId"
        named = {peer: rule["ReferencedGroupInfo"]["GroupId"]} if "ReferencedGroupInfo" in rule else {}
        ways[rule["IsEgress"]].append({**rule, **named, "CidrIp": rule.get("CidrIpv4")})
    tags = [tag for tag in group["Tags"] if not tag["Key"].startswith("aws:")]
    return {
        **group,
        "Tags": tags,
        "GroupDescription": group["Description"],
        "SecurityGroupIngress": ways[False],
        "SecurityGroupEgress": ways[True],
    }


@teller("AWS::ECR::Repository")
def _repository(moto: Moto, id_: str) -> Properties:
    ecr = moto.client("ecr")
    [found] = ecr.describe_repositories(repositoryNames=[id_])["repositories"]
    return {
        **found,
        "LifecyclePolicy": unless_missing(lambda: ecr.get_lifecycle_policy(repositoryName=id_)),
        "Tags": ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"],
    }


@teller("AWS::ECS::Cluster")
def _cluster(moto: Moto, id_: str) -> Properties:
    [cluster] = moto.client("ecs").describe_clusters(clusters=[id_], include=["SETTINGS", "TAGS"])["clusters"]
    return {**cluster, "ClusterSettings": cluster["settings"]}


@teller("AWS::ECS::TaskDefinition")
def _task(moto: Moto, id_: str) -> Properties:
    answer = moto.client("ecs").describe_task_definition(taskDefinition=id_, include=["TAGS"])
    return {**answer["taskDefinition"], "tags": answer["tags"]}


@teller("AWS::ECS::Service")
def _service(moto: Moto, id_: str) -> Properties:
    cluster = id_.split("/")[-2]
    [service] = moto.client("ecs").describe_services(cluster=cluster, services=[id_], include=["TAGS"])["services"]
    return {**service, "cluster": service["clusterArn"].partition("/")[2]}


@teller("AWS::IAM::Role")
def _role(moto: Moto, id_: str) -> Properties:
    iam = moto.client("iam")
    names = iam.list_role_policies(RoleName=id_)["PolicyNames"]
    # It writes the document as Python does.
    policies = [
        {**one, "PolicyDocument": ast.literal_eval(one["PolicyDocument"])}
        for one in (iam.get_role_policy(RoleName=id_, PolicyName=name) for name in names)
    ]
    return {**iam.get_role(RoleName=id_)["Role"], "Policies": policies}


@teller("AWS::Logs::LogGroup")
def _logs(moto: Moto, id_: str) -> Properties:
    logs = moto.client("logs")
    [found] = (one for one in logs.describe_log_groups(logGroupNamePrefix=id_)["logGroups"] if one["logGroupName"] == id_)
    tags = logs.list_tags_for_resource(resourceArn=found["logGroupArn"])["tags"]
    return {**found, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@teller("AWS::EFS::FileSystem")
def _files(moto: Moto, id_: str) -> Properties:
    efs = moto.client("efs")
    [found] = efs.describe_file_systems(FileSystemId=id_)["FileSystems"]
    return {
        **found,
        "FileSystemTags": found["Tags"],
        "LifecyclePolicies": efs.describe_lifecycle_configuration(FileSystemId=id_)["LifecyclePolicies"],
        "BackupPolicy": unless_missing(lambda: efs.describe_backup_policy(FileSystemId=id_)["BackupPolicy"]),
        "FileSystemPolicy": unless_missing(lambda: json.loads(efs.describe_file_system_policy(FileSystemId=id_)["Policy"])),
    }


@teller("AWS::EFS::AccessPoint")
def _access(moto: Moto, id_: str) -> Properties:
    [found] = moto.client("efs").describe_access_points(AccessPointId=id_)["AccessPoints"]
    return {**found, "AccessPointTags": found["Tags"]}


@teller("AWS::EFS::MountTarget")
def _mount(moto: Moto, id_: str) -> Properties:
    efs = moto.client("efs")
    [found] = efs.describe_mount_targets(MountTargetId=id_)["MountTargets"]
    return {**found, "SecurityGroups": efs.describe_mount_target_security_groups(MountTargetId=id_)["SecurityGroups"]}


@teller("AWS::ElasticLoadBalancingV2::LoadBalancer")
def _balancer(moto: Moto, id_: str) -> Properties:
    elb = moto.client("elbv2")
    [balancer] = elb.describe_load_balancers(LoadBalancerArns=[id_])["LoadBalancers"]
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=id_)["Attributes"]
    zones = [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
    return {**balancer, "Subnets": zones, "LoadBalancerAttributes": attributes, "Tags": _tags_of_elb(moto, id_)}


@teller("AWS::ElasticLoadBalancingV2::TargetGroup")
def _target_group(moto: Moto, id_: str) -> Properties:
    elb = moto.client("elbv2")
    [group] = elb.describe_target_groups(TargetGroupArns=[id_])["TargetGroups"]
    attributes = elb.describe_target_group_attributes(TargetGroupArn=id_)["Attributes"]
    return {**group, "TargetGroupAttributes": attributes, "Tags": _tags_of_elb(moto, id_)}


@teller("AWS::ElasticLoadBalancingV2::Listener")
def _listener(moto: Moto, id_: str) -> Properties:
    elb = moto.client("elbv2")
    [listener] = elb.describe_listeners(ListenerArns=[id_])["Listeners"]
    attributes = unless_missing(lambda: elb.describe_listener_attributes(ListenerArn=id_)["Attributes"])
    return {**listener, "ListenerAttributes": attributes}


@teller("AWS::ElasticLoadBalancingV2::ListenerRule")
def _rule(moto: Moto, id_: str) -> Properties:
    elb = moto.client("elbv2")
    [rule] = elb.describe_rules(RuleArns=[id_])["Rules"]
    listener = re.sub("listener-rule(.*)/[^/]*", r"listener\1", id_)
    return {**rule, "ListenerArn": listener, "Priority": int(rule["Priority"])}


def _tags_of_elb(moto: Moto, id_: str) -> list[Properties]:
    [told] = moto.client("elbv2").describe_tags(ResourceArns=[id_])["TagDescriptions"]
    return [tag for tag in told["Tags"] if not tag["Key"].startswith("aws:")]


class Words:
    """Both sides in one form: what only a deployment knows stands as `<logical name>`, and keys have no large letters."""

    def __init__(self, ids: Mapping[str, str], parameters: Mapping[str, str]) -> None:
        self._logical = sorted(((id_, f"<{name}>") for name, id_ in ids.items()), key=lambda pair: -len(pair[0]))
        self._parameters = parameters

    def plain(self, value: Any) -> Any:
        match value:
            case {"Ref": str(name), **more} if not more:
                return self.plain(PLACE.get(name, self._parameters.get(name, f"<{name}>")))
            case {"Fn::GetAtt": [str(name), str()], **more} if not more:
                return f"<{name}>"
            case {"Fn::Select": [int(index), {"Fn::GetAZs": ""}], **more} if not more:
                return f"{REGION}{'abc'[index]}"
            case {"Fn::Sub": str(text), **more} if not more:
                return self.plain(re.sub(r"\$\{([^!}]*)\}", lambda found: PLACE.get(found[1], f"<{found[1]}>"), text))
            case {**pairs}:
                return {str(key).casefold(): self.plain(child) for key, child in pairs.items()}
            case list():
                return [self.plain(item) for item in value]
            case str():
                for id_, name in self._logical:
                    value = value.replace(id_, name)
                # By its ARN or by its name: it is the same one.
                return re.sub(r"arn:.*(<\w+>)", r"\1", value)
        return value


def differences(meant: Any, told: Any, place: str = "") -> list[str]:
    """Where what is told is not what is meant, in any order; that more is told of something is no difference."""
    if isinstance(meant, dict) and isinstance(told, dict):
        return [
            one for key, value in meant.items() for one in differences(value, told.get(key), f"{place}.{key}" if place else key)
        ]
    if isinstance(meant, list) and isinstance(told, list) and len(meant) == len(told):
        found, left = [], [*told]
        for item in meant:
            nearest = min(left, key=lambda other: len(differences(item, other, place)))
            left.remove(nearest)
            found += differences(item, nearest, place)
        return found
    return [] if meant == told else [place]
