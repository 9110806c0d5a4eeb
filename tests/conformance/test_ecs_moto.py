"""moto, which plays AWS, is given templates and inputs; what it tells afterwards is held against what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from targets.ecs.images.repositories import NAME as REGISTRY
from tests.compiling import Outcome, compiled_spec
from tests.conformance.moto import Moto, server
from tests.conformance.stacks import Stack
from tests.conformance.test_ecs import ENVIRONMENTS, documents, input_of
from tests.conformance.test_ecs_alb import LOGGED, shop
from tests.conformance.test_ecs_template import everything, text_of
from tests.conformance.told import Words, differences
from tests.conformance.unsaid import unsaid
from twipc.driver import Compiled
from twipc.spec import Service
from twipc.verify.disk import verify_folder

LACKS = yaml.safe_load((Path(__file__).parent / "moto.yaml").read_text())
NOTHING: tuple[Any, ...] = ([], {}, 0, None, "/")
"""What is told of a member that was not given, the root of a file system too."""
Place = tuple[str, str]
pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as found:
        yield found


def stack(moto: Moto, outcome: Outcome) -> Stack:
    """Not yet made; a cluster that the spec names is there."""
    if outcome.compiled[0].options.cluster:
        moto.client("ecs").create_cluster(clusterName=outcome.compiled[0].options.cluster)
    return Stack(moto, "twip", LACKS)


def judge(found: set[Place], when: str) -> None:
    """What is lacking is listed, and what is listed is lacking, in the first of its cases: a place stands for all below it."""
    here = [one for one in LACKS["lacks"] if when in one["when"]]
    listed = {(one["kind"], place): one["when"][0] == when for one in here for place in one["places"]}
    used = {
        (kind, place): {one for one in listed if one[0] == kind and f"{place}.".startswith(f"{one[1]}.")}
        for kind, place in found
    }
    assert {one for one, by in used.items() if not by} == set()
    wanted = {one for one, first in listed.items() if first}
    assert wanted - {one for by in used.values() for one in by} == set(), f"moto holds these when {when}"


def outcomes() -> dict[str, Outcome]:
    return {**{name: compiled_spec(name, ["ecs"]) for name in ENVIRONMENTS}, **unsaid(), "tls": shop(LOGGED)}


Services = dict[str, tuple[int, str]]
Talk = tuple[str, str, str, int]


@dataclass(frozen=True)
class Played:
    """What was told of a stack, and then of what it had made when it was deleted."""

    status: str
    ids: Mapping[str, str]
    differences: set[Place]
    services: Services
    ports: Mapping[str, set[tuple[int, str]]]
    talks: set[Talk]
    outputs: Mapping[str, str]
    deleted: bool
    left: set[str]


@cache
def played(url: str, name: str) -> Played:
    moto, outcome = Moto(url), outcomes()[name]
    [one] = outcome.compiled
    made = stack(moto, outcome)
    made.create(text_of(outcome))
    ids = made.ids()
    told = (
        made.status(),
        ids,
        made.differences(),
        services_of(moto, ids.get("Cluster", one.options.cluster)),
        {service: ports_of(moto, f"{one.model.name}-{service}") for service, _ in running(one)},
        talks_of(moto, ids),
        made.outputs(),
    )
    try:
        made.delete()
    except ClientError:
        return Played(*told, False, {*ids})
    return Played(*told, True, made.left(ids))


@cache
def repositories(url: str) -> set[Place]:
    """What is told otherwise of those that images go to; and all stay when their stack goes."""
    found: set[Place] = set()
    texts = {
        text for outcome in outcomes().values() for path, text in outcome.compiled[0].bundle.texts.items() if path == REGISTRY
    }
    assert len(texts) > 1
    for text in sorted(texts):
        moto = Moto(url)
        made = Stack(moto, "registry", LACKS)
        made.create(text)
        found |= made.differences()
        ids = made.ids()
        made.delete()
        assert made.left(ids) == ids.keys()
    return found


def services_of(moto: Moto, cluster: str) -> Services:
    """How many of which task definition."""
    ecs = moto.client("ecs")
    services = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])["services"]
    return {one["serviceName"]: (one["desiredCount"], family_of(one["taskDefinition"])) for one in services}


def family_of(arn: str) -> str:
    return arn.rpartition("/")[2].partition(":")[0]


def ports_of(moto: Moto, family: str) -> set[tuple[int, str]]:
    task = moto.client("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]
    [container] = task["containerDefinitions"]
    return {(port["containerPort"], port["protocol"]) for port in container["portMappings"]}


def talks_of(moto: Moto, ids: Mapping[str, str]) -> set[Talk]:
    """Who reaches whom, among groups that are of services by their tags."""
    wanted = [id_ for id_ in ids.values() if id_.startswith("sg-")]
    groups = moto.client("ec2").describe_security_groups(GroupIds=wanted)["SecurityGroups"] if wanted else []
    services = {one["GroupId"]: tag["Value"] for one in groups for tag in one["Tags"] if tag["Key"] == "service"}
    return {
        (services[pair["GroupId"]], services[one["GroupId"]], rule["IpProtocol"], rule["FromPort"])
        for one in groups
        for rule in one["IpPermissions"]
        for pair in rule["UserIdGroupPairs"]
        if {one["GroupId"], pair["GroupId"]} <= services.keys()
    }


def running(one: Compiled) -> list[tuple[str, Service]]:
    """All but the servers whose place a load balancer takes."""
    balanced = one.options.ingress == "alb"
    return [(name, service) for name, service in one.model.services if not (balanced and service.http and service.publish)]


def meant(one: Compiled) -> Services:
    """By the spec alone."""
    names = {name: f"{one.model.name}-{name}" for name, service in running(one) if service.kind == "service"}
    services = one.model.environment.services
    return {full: (count(services[name]), full) for name, full in names.items()}


def count(service: Service) -> int:
    """Of a range a template says nothing, and moto runs none."""
    return 0 if service.autoscaling else 1 if service.standby else service.replicas


@pytest.mark.parametrize("name", outcomes())
def test_a_stack_is_what_the_spec_says(url: str, name: str) -> None:
    """Not by its template, but by the spec itself."""
    told, [one] = played(url, name), outcomes()[name].compiled
    assert told.status == "CREATE_COMPLETE"
    assert told.services == meant(one)
    for service, noun in running(one):
        tls = noun.http.tls.listen.port if noun.http and noun.http.tls else None
        wanted = {(port.number, port.protocol) for port_name, port in noun.ports.items() if port_name != tls}
        assert told.ports[service] == wanted, service


@pytest.mark.parametrize("name", unsaid())
def test_who_talks_to_whom_is_let_in_and_nobody_else(url: str, name: str) -> None:
    told = played(url, name)
    assert told.talks == {
        ("proxy", "web", "tcp", 8080),
        ("web", "db", "tcp", 5432),
        ("move", "db", "tcp", 5432),
        ("db", "web", "udp", 5353),
    }
    assert told.outputs["MoveGroup"] == told.ids["MoveGroup"]


def test_of_each_resource_is_told_what_the_template_says(url: str) -> None:
    judge({one for name in outcomes() for one in played(url, name).differences} | repositories(url), "created")


def test_a_deleted_stack_leaves_what_its_template_keeps(url: str) -> None:
    left: set[str] = set()
    for name, outcome in outcomes().items():
        resources = json.loads(text_of(outcome))["Resources"]
        kept = {id_ for id_, one in resources.items() if one.get("DeletionPolicy") == "Retain"}
        kinds = {one["Type"] for one in resources.values()}
        assert played(url, name).deleted != bool(kinds & LACKS["undeleted"].keys()), name
        there = played(url, name).left
        assert kept & played(url, name).ids.keys() <= there
        if played(url, name).deleted:
            left |= {resources[id_]["Type"] for id_ in there - kept}
    assert left == LACKS["left"].keys()


def test_kinds_that_are_unknown_are_passed_over(url: str) -> None:
    """One of each, in a template in which nothing refers to them."""
    made = {one["Type"]: one for outcome in unsaid().values() for one in json.loads(text_of(outcome))["Resources"].values()}
    wanted = {*LACKS["unknown"], "AWS::EC2::SecurityGroupIngress"}
    assert wanted <= made.keys()
    names = {kind.replace(":", ""): {**made[kind], "DependsOn": []} for kind in sorted(wanted)}
    moto = Moto(url)
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "x", "VpcId": moto.vpc}}
    text = re.sub(r'{"(Ref|Fn::GetAtt)": [^}]*}', '{"Ref": "Group"}', json.dumps({"Resources": names}))
    document = json.loads(text)
    document["Resources"]["Group"] = group
    tried = Stack(moto, "twip", {"unknown": (), "unasked": {}, "refused": ()})
    tried.create(json.dumps(document))
    assert tried.kinds() == {"AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"}


def one_less(lacks: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What ends with an error, each by itself as if moto knew it."""
    for kind, attributes in lacks["unasked"].items():
        for one in attributes:
            others = {**lacks["unasked"], kind: [other for other in attributes if other != one]}
            yield f"{kind} {one}", {**lacks, "unasked": others}
    for index, refused in enumerate(lacks["refused"]):
        yield f"{refused['kind']} {index}", {**lacks, "refused": [*lacks["refused"][:index], *lacks["refused"][index + 1 :]]}


@pytest.mark.parametrize("fewer", [pytest.param(fewer, id=name) for name, fewer in one_less(LACKS)])
def test_what_is_left_out_of_a_template_is_not_taken(url: str, fewer: Mapping[str, Any]) -> None:
    outcome = next(iter(unsaid().values()))
    with pytest.raises((ResponseParserError, ClientError)):  # what moto ends with is not even an answer
        Stack(Moto(url), "twip", fewer).create(text_of(outcome))


def test_prod_is_updated_to_public(url: str) -> None:
    moto = Moto(url)
    prod, public = (compiled_spec(name, ["ecs"]) for name in ("prod", "public"))
    made, _ = stack(moto, prod), stack(moto, public)
    made.create(text_of(prod))
    made.update(text_of(public))
    assert made.status() == "UPDATE_COMPLETE"
    assert services_of(moto, "twip-public") == meant(public.compiled[0])
    judge(made.differences(), "updated")


def given(moto: Moto, operation: str, document: Mapping[str, Any]) -> Any:
    """What is told of an input that the service itself was called with, of what is an input at all."""
    ecs = moto.client("ecs")
    if operation == "RegisterTaskDefinition":
        ecs.register_task_definition(**document)
        answer = ecs.describe_task_definition(taskDefinition=document["family"], include=["TAGS"])
        told = {**answer["taskDefinition"], "tags": answer["tags"]}
    else:
        ecs.create_service(**document)
        cluster, names = document["cluster"], [document["serviceName"]]
        [told] = ecs.describe_services(cluster=cluster, services=names, include=["TAGS"])["services"]
        told |= {"cluster": told["clusterArn"].partition("/")[2], "taskDefinition": family_of(told["taskDefinition"])}
    members = input_of(operation).members
    return json.loads(moto.said(json.dumps({key: value for key, value in told.items() if key in members}, default=str)))


def completed(document: Any, told: Any) -> Any:
    """What is told, where it is told, and all that is told besides."""
    if differences(Words({}, {}).plain(document), Words({}, {}).plain(told)) == [""]:
        return document
    if isinstance(document, dict):
        more = {key: value for key, value in told.items() if key not in document and value not in NOTHING}
        return {**{key: completed(value, told.get(key)) for key, value in document.items()}, **more}
    if isinstance(document, list):
        return [completed(one, other) for one, other in zip(document, told, strict=True)]
    return told


def test_inputs_are_told_again_and_mean_the_same(url: str) -> None:
    """The target's own reader reads what moto tells, completed by what it does not hold."""
    found: set[Place] = set()
    words = Words({}, {})
    for outcome in (*(compiled_spec(name, ["ecs"]) for name in ENVIRONMENTS), everything("fargate"), everything("ec2")):
        moto = Moto(url)
        stack(moto, outcome)
        [one] = outcome.compiled
        texts = dict(one.bundle.texts)
        for path, operation, document in sorted(documents(outcome), key=lambda one: one[1] == "CreateService"):
            told = given(moto, operation, json.loads(moto.real(json.dumps(document))))
            found |= {(operation, place) for place in differences(words.plain(document), words.plain(told))}
            texts[path] = json.dumps(completed(document, told))
        assert [
            finding.message for finding in verify_folder(one.model, one.target, one.options, one.bundle, "out", texts)
        ] == []
    judge(found, "called")
