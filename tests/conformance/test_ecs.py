"""What AWS's own tools say of the ECS target: botocore's model of the API, and cfn-lint's table of Fargate's sizes."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from targets.ecs import limits
from targets.ecs.codes import CODES
from targets.ecs.shapes import SERVICE, TASK_DEFINITION, MapOf
from tests.compiling import SPECS, Outcome, committed, compiled_spec, compiled_text
from twipc.driver import Compiled
from twipc.target import Unreadable

OPERATIONS = {".taskdef.json": "RegisterTaskDefinition", ".service.json": "CreateService"}
ENVIRONMENTS = [name for name in committed() if re.search(r"^  ecs:", (SPECS / f"{name}.yaml").read_text(), re.MULTILINE)]
HEAD = "twipc: 1\nproject: shop\nenvironment: prod\n"
KINDS = {str: "string", int: "integer", bool: "boolean"}
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key"


@cache
def api() -> ServiceModel:
    return botocore.session.get_session().get_service_model("ecs")


def input_of(operation: str) -> StructureShape:
    shape = api().operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


def structure(name: str) -> StructureShape:
    shape = api().shape_for(name)
    assert isinstance(shape, StructureShape)
    return shape


def documents(outcome: Outcome) -> Iterator[tuple[str, str, Any]]:
    """Each JSON file with the operation that takes it."""
    assert outcome.compiled, [f"{finding.code.id} {finding.message}" for finding in outcome.findings]
    for one in outcome.compiled:
        for path, text in one.bundle.texts.items():
            for ending, operation in OPERATIONS.items():
                if path.endswith(ending):
                    yield path, operation, json.loads(text)


def wrong_words(value: Any, shape: Shape, place: str) -> Iterator[str]:
    """Strings outside of their shape's enum: botocore's own validator does not look at them."""
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{place}: {value} is not one of {shape.enum}"
    elif isinstance(shape, StructureShape):
        for key, child in value.items():
            yield from wrong_words(child, shape.members[key], f"{place}.{key}")
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from wrong_words(item, shape.member, f"{place}[{index}]")
    elif isinstance(shape, MapShape):
        for key, child in value.items():
            yield from wrong_words(key, shape.key, f"{place}.{key}")
            yield from wrong_words(child, shape.value, f"{place}.{key}")


def unknown_keys(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for key, child in value.items():
            if key not in shape.members:
                yield f"{place}.{key}: no such member"
            else:
                yield from unknown_keys(child, shape.members[key], f"{place}.{key}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from unknown_keys(item, shape.member, f"{place}[]")


def judged(outcome: Outcome) -> int:
    count = 0
    for path, operation, document in documents(outcome):
        shape = input_of(operation)
        problems = [*unknown_keys(document, shape, path)]
        report = ParamValidator().validate(document, shape)
        problems += [report.generate_report()] if report.has_errors() else []
        assert not problems, problems
        assert not [*wrong_words(document, shape, path)]
        count += 1
    return count


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_botocore_takes_each_committed_environment(name: str) -> None:
    outcome = compiled_spec(name, ["ecs"])
    assert judged(outcome) == 2 * len(outcome.compiled[0].model.environment.services)


def spec_for(launch: str, *, resources: str, more: str = "") -> str:
    return f"""{HEAD}targets:
  ecs:
    launch: {launch}
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    service_security_groups: {{web: [sg-0b1c2d3e]}}
    execution_role: "arn:aws:iam::111122223333:role/shop-execution"
    task_roles: {{web: "arn:aws:iam::111122223333:role/shop-web"}}
    volumes:
      news: {{file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}
      mail: {{file_system: fs-0a1b2c3d, access_point: fsap-0b1c2d3e}}
services:
  web:
    image: shop/web:1
    command: [run, "a b", "$HOME"]
    env: {{KEY: {{secret: api-key}}, TEXT: "x"}}
    health: {{command: [check]}}
    mounts: {{/news: news, /mail: mail, /tmp: mail}}
    resources: {resources}
{more}volumes: {{news: {{access: single-writer}}, mail: {{access: read-only}}}}
secrets: {{api-key: {{ecs: "{ARN}"}}}}
"""


@pytest.mark.parametrize("launch", ["fargate", "ec2"])
def test_botocore_takes_what_no_committed_environment_has(launch: str) -> None:
    outcome = compiled_text(spec_for(launch, resources="{cpu: 0.3, memory: 700MiB}"))
    assert judged(outcome) == 2
    task, service = (document for _, _, document in sorted(documents(outcome), key=lambda one: one[1] == "CreateService"))
    assert (task["cpu"], task["memory"]) == (("512", "1024") if launch == "fargate" else ("308", "700"))
    assert task["containerDefinitions"][0]["memory"] == 700
    assert service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] == ["sg-0b1c2d3e"]
    assert [volume["name"] for volume in task["volumes"]] == ["mail", "news"]


def test_the_readers_shapes_are_those_of_the_api() -> None:
    def compare(ours: Any, theirs: Shape, place: str) -> None:
        if isinstance(ours, type):
            assert theirs.type_name == KINDS[ours], place
        elif isinstance(ours, MapOf):
            assert isinstance(theirs, MapShape), place
            assert theirs.value.type_name == KINDS[ours.value], place
        elif isinstance(ours, list):
            assert isinstance(theirs, ListShape), place
            compare(ours[0], theirs.member, f"{place}[]")
        else:
            assert isinstance(theirs, StructureShape), place
            for key, child in ours.items():
                compare(child, theirs.members[key], f"{place}.{key}")

    compare(TASK_DEFINITION, input_of("RegisterTaskDefinition"), "task definition")
    compare(SERVICE, input_of("CreateService"), "service")


@pytest.mark.parametrize(
    ("member", "range_", "words"),
    [
        ("interval", limits.INTERVAL, "between 5 and 300 seconds"),
        ("timeout", limits.TIMEOUT, "between 2 and 60 seconds"),
        ("startPeriod", limits.START_PERIOD, "between 0 and 300 seconds"),
    ],
)
def test_times_have_the_ranges_that_the_api_states(member: str, range_: limits.Range, words: str) -> None:
    assert words in structure("HealthCheck").members[member].documentation
    assert words == f"between {range_.least} and {range_.most} seconds"


def test_stop_and_cpu_have_the_ranges_that_the_api_states() -> None:
    stop = structure("ContainerDefinition").members["stopTimeout"].documentation
    assert f"the max stop timeout value is {limits.STOP['fargate'].most} seconds" in stop
    cpu = input_of("RegisterTaskDefinition").members["cpu"].documentation
    assert f"between <code>{limits.LEAST_CPU_EC2}</code> CPU units" in cpu


@cache
def fargate_of_cfn_lint() -> dict[int, set[int]]:
    """cfn-lint's table of whole numbers: MiB by cpu units."""
    found = importlib.util.find_spec("cfnlint")
    assert found, "cfn-lint is not installed"
    assert found.origin
    file = Path(found.origin).parent / "data/schemas/extensions/aws_ecs_taskdefinition/fargate_cpu_memory.json"
    table: dict[int, set[int]] = {}
    for option in json.loads(file.read_text())["then"]["anyOf"]:
        cpus = option["properties"]["Cpu"]["then"]["enum"]
        memory = option["properties"]["Memory"]["then"]
        sizes = memory.get("enum") or range(memory["minimum"], memory["maximum"] + 1, memory["multipleOf"])
        for cpu in cpus:
            table[int(cpu)] = {int(size) for size in sizes}
    return table


def test_fargate_has_the_sizes_of_cfn_lint() -> None:
    assert {cpu: set(sizes) for cpu, sizes in limits.FARGATE.items()} == fargate_of_cfn_lint()


def test_every_request_gets_the_smallest_size_that_holds_it() -> None:
    """Fewest processors first, then least memory: every size, and all requests next to a size."""
    pairs = sorted((cpu, memory) for cpu, sizes in fargate_of_cfn_lint().items() for memory in sizes)
    near = {memory + step for _, memory in pairs for step in (-1, 0, 1)} | set(range(6, 2600))
    cpus = {cpu + step for cpu in fargate_of_cfn_lint() for step in (-1, 0, 1)} | {1, 11, 300}
    for cpu in sorted(cpus):
        holding = [pair for pair in pairs if pair[0] >= cpu]
        for memory in sorted(near):
            smallest = next((pair for pair in holding if pair[1] >= memory), None)
            size = limits.fargate(cpu, memory)
            assert (None if size is None else (size.cpu, size.memory)) == smallest, (cpu, memory)


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ("{cpu: 0.25, memory: 512MiB}", ""),
        ("{cpu: 0.25, memory: 700MiB}", "700MiB becomes a task of 1GiB, 700MiB of it for the container"),
        ("{cpu: 0.3, memory: 8GiB}", "0.3 becomes 1;"),
        ("{cpu: 0.3, memory: 1GiB}", "0.3 becomes 0.5"),
    ],
)
def test_rounding_is_said_once_at_the_resources(resources: str, said: str) -> None:
    outcome = compiled_text(spec_for("fargate", resources=resources))
    found = [finding for finding in outcome.findings if finding.code.id == "TW502"]
    assert len(found) == bool(said)
    for finding in found:
        assert finding.at == "services.web.resources"
        assert said.rstrip(";") in finding.message


@pytest.mark.parametrize(
    ("more", "code", "at"),
    [
        ("    stop_grace: 3m\n", "TW511", "services.web.stop_grace"),
        ("    restart: never\n", "TW511", "services.web.restart"),
        ("    stop_grace: 1500ms\n", "TW502", "services.web.stop_grace"),
        ("    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n", "TW512", "services.web.publish.http"),
    ],
)
def test_what_ecs_can_not_do_is_said(more: str, code: str, at: str) -> None:
    outcome = compiled_text(spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=more))
    assert [(finding.code.id, finding.at) for finding in outcome.findings] == [(code, at)]


@pytest.mark.parametrize(
    ("health", "code"),
    [
        ("interval: 1s", "TW502"),
        ("timeout: 300ms", "TW502"),
        ("start_period: 1500ms", "TW502"),
        ("interval: 6m", "TW514"),
        ("timeout: 61s", "TW514"),
        ("start_period: 5m1s", "TW514"),
    ],
)
def test_health_is_rounded_where_that_is_safe(health: str, code: str) -> None:
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}").replace("[check]}", f"[check], {health}}}")
    assert [finding.code.id for finding in compiled_text(text).findings] == [code]


@pytest.mark.parametrize(
    ("taken", "at"),
    [
        ("    subnets: [subnet-0a1b2c3d]\n", "targets.ecs.subnets"),
        ('    task_roles: {web: "arn:aws:iam::111122223333:role/shop-web"}\n', "targets.ecs.task_roles.web"),
        ("      news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}\n", "targets.ecs.volumes.news"),
    ],
)
def test_what_only_aws_can_tell_is_named_where_it_is_missing(taken: str, at: str) -> None:
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}")
    assert taken in text
    assert [(finding.code.id, finding.at) for finding in compiled_text(text.replace(taken, "")).findings] == [("ECS101", at)]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_json_that_a_reader_could_take_otherwise_is_refused(name: str) -> None:
    one = compiled_spec(name, ["ecs"]).compiled[0]
    texts = one.bundle.texts
    path = "web.taskdef.json"
    for old, new in (
        ('"family":', '"family": "x",\n  "family":'),
        ('"essential": true', '"essential": 1'),
        ('"interval": 5', '"interval": 5.0'),
        ('"interval": 5', '"interval": NaN'),
        ('"interval": 5', '"interval": "5"'),
        ("{", "["),
    ):
        assert old in texts[path]
        with pytest.raises(Unreadable):
            one.target.read({**texts, path: texts[path].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FROM haproxy", "FROM scratch\nFROM haproxy"),
        ("# proxy of", "# syntax=docker.io/x\n# proxy of"),
        ('VOLUME ["/tmp"]', 'VOLUME ["/tmp"]\nRUN touch /x'),
        ("COPY --chmod=0444 haproxy.cfg", "COPY --chmod=0666 haproxy.cfg"),
        ("USER 99:99", "USER 99:\\\n99"),
        ("USER 99:99", "USER ${X}"),
    ],
)
def test_another_dockerfile_is_another_image(old: str, new: str) -> None:
    one = compiled_spec("prod", ["ecs"]).compiled[0]
    path = "images/proxy/Dockerfile"
    texts = one.bundle.texts
    assert old in texts[path]
    assert meaning(one, {**texts, path: texts[path].replace(old, new, 1)}) != meaning(one, texts)


def meaning(compiled: Compiled, texts: dict[str, str]) -> object:
    """What the texts say, or why they say nothing."""
    try:
        return dict(compiled.target.read(texts))
    except Unreadable as problem:
        return str(problem)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_examples_are_executed(code: Any) -> None:
    """Here too, so that this folder stands by itself: on the marked line, and nothing else."""
    marked = [number for number, line in enumerate((HEAD + code.bad).splitlines(), 1) if f"#! {code.id}" in line]
    found = compiled_text(HEAD + code.bad).findings
    assert [(finding.code.id, finding.span.line if finding.span else 0) for finding in found] == [(code.id, marked[0])]
    assert not compiled_text(HEAD + code.good).findings
