"""What AWS's own tools say of the ECS target: botocore's model of the API, and cfn-lint's table of Fargate's sizes."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from targets.ecs import limits
from targets.ecs.codes import CODES
from targets.ecs.expected import sizes
from targets.ecs.reading.fitting import MapOf
from targets.ecs.reading.shapes import SERVICE, TASK_DEFINITION
from tests.cli import run
from tests.compiling import ROOT, SPECS, Outcome, committed, compiled_spec
from tests.compiling import compiled_text as compiled_with_notes
from tests.strategies import CONFIGS
from twipc.driver import Compiled
from twipc.schema import environment_schema
from twipc.spec import Cpu, Resources, Service, Size
from twipc.spec.kernel import Capability, UlimitName
from twipc.target import Unreadable

OPERATIONS = {".taskdef.json": "RegisterTaskDefinition", ".service.json": "CreateService"}
ENVIRONMENTS = [name for name in committed() if re.search(r"^  ecs:", (SPECS / f"{name}.yaml").read_text(), re.MULTILINE)]
HEAD = "twipc: 1\nproject: shop\nenvironment: prod\n"
CLOUD_MAP = "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6071"
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
    """Of public there is the template alone."""
    outcome = compiled_spec(name, ["ecs"])
    assert judged(outcome) == (2 * len(outcome.compiled[0].model.environment.services) if name == "prod" else 0)


def compiled_text(*text: Any, **how: Any) -> Outcome:
    """Without the note on lost defaults, which every spec gets here, and the warning of words that look like another tool's."""
    outcome = compiled_with_notes(*text, **how)
    return replace(outcome, findings=[finding for finding in outcome.findings if finding.code.id not in ("TW503", "TW464")])


def spec_for(launch: str, *, resources: str, more: str = "") -> str:
    return f"""{HEAD}targets:
  ecs:
    launch: {launch}
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    service_security_groups: {{web: [sg-0b1c2d3e]}}
    execution_role: "arn:aws:iam::111122223333:role/shop-execution"
    task_roles: {{web: "arn:aws:iam::111122223333:role/shop-web"}}
    volumes:
      news: {{file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}
      mail: {{file_system: fs-0a1b2c3d, access_point: fsap-0b1c2d3e}}
services:
  web:
    image: shop/web:1
    entrypoint: [enter, "$x"]
    command: [run, "a b", "$HOME"]
    working_dir: "/srv/a b"
    user: "10001:10001"
    read_only: true
    capabilities: [SYS_PTRACE]
    init: false
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


def test_what_fargate_lacks_is_there_on_ec2() -> None:
    more = "    tmpfs: [/run, {path: /var/cache, size: 7MiB}]\n    shm_size: 96MiB\n"
    more += '    logging: {driver: syslog, options: {syslog-address: "udp://logs.example.com", tag: "{{.Name}}"}}\n'
    text = spec_for("ec2", resources="{cpu: 0.25, memory: 512MiB}", more=more).replace("[SYS_PTRACE]", "[SETUID, CHOWN]")
    outcome = compiled_text(text)
    assert not outcome.codes
    assert judged(outcome) == 2
    (task,) = (document for path, _, document in documents(outcome) if path == "web.taskdef.json")
    container = task["containerDefinitions"][0]
    options = ["noexec", "nosuid", "nodev"]
    assert container["linuxParameters"] == {
        "initProcessEnabled": False,
        "capabilities": {"add": ["CHOWN", "SETUID"], "drop": ["ALL"]},
        "tmpfs": [
            {"containerPath": "/run", "size": 64, "mountOptions": options},
            {"containerPath": "/var/cache", "size": 7, "mountOptions": options},
        ],
        "sharedMemorySize": 96,
    }
    assert container["logConfiguration"] == {
        "logDriver": "syslog",
        "options": {"syslog-address": "udp://logs.example.com", "tag": "{{.Name}}"},
    }
    assert container["readonlyRootFilesystem"]
    assert container["dockerSecurityOptions"] == ["no-new-privileges"]
    assert (container["user"], container["workingDirectory"]) == ("10001:10001", "/srv/a b")


def test_what_lies_in_memory_is_counted_in_whole_mebibytes() -> None:
    more = "    tmpfs: [{path: /run, size: 64KiB}]\n    shm_size: 1028KiB\n"
    outcome = compiled_text(spec_for("ec2", resources="{cpu: 0.25, memory: 512MiB}", more=more))
    rounded = {(one.code.id, one.at) for one in outcome.findings}
    assert rounded == {("TW502", "services.web.shm_size"), ("TW502", "services.web.tmpfs")}
    assert judged(outcome) == 2
    (task,) = (document for path, _, document in documents(outcome) if path == "web.taskdef.json")
    linux = task["containerDefinitions"][0]["linuxParameters"]
    assert (linux["tmpfs"][0]["size"], linux["sharedMemorySize"]) == (1, 2)


def test_ec2_chooses_among_hosts() -> None:
    more = "    placement: {constraints: {zone: a1, com.example.disk: ssd}, spread: [rack], max_per_host: 1}\n"
    text = spec_for("ec2", resources="{memory: 512MiB}", more=more)
    outcome = compiled_text(text)
    assert not outcome.codes
    assert judged(outcome) == 2
    (service,) = (document for path, _, document in documents(outcome) if path == "web.service.json")
    assert service["placementConstraints"] == [
        {"type": "memberOf", "expression": "attribute:com.example.disk == ssd"},
        {"type": "memberOf", "expression": "attribute:zone == a1"},
        {"type": "distinctInstance"},
    ]
    fields = [one["field"] for one in service["placementStrategy"]]
    assert fields == ["attribute:ecs.availability-zone", "attribute:rack", "instanceId"]
    assert compiled_text(text.replace("max_per_host: 1", "max_per_host: 2")).codes == ["TW511"]
    fargate = compiled_text(spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=more))
    assert fargate.codes == 3 * ["TW501"]
    assert judged(fargate) == 2


@pytest.mark.parametrize(
    ("said", "ends", "back"), [("rollback", True, True), ("pause", True, False), ("continue", False, False)]
)
def test_a_deployment_is_as_the_spec_says(said: str, ends: bool, back: bool) -> None:
    more = f"    rollout: {{order: start-first, on_failure: {said}}}\n"
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=more).replace("single-writer", "shared")
    outcome = compiled_text(text)
    assert not outcome.codes
    assert judged(outcome) == 2
    (service,) = (document for path, _, document in documents(outcome) if path == "web.service.json")
    assert service["deploymentConfiguration"] == {
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": ends, "rollback": back},
    }
    stopped = compiled_text(text.replace("start-first", "stop-first"))
    (service,) = (document for path, _, document in documents(stopped) if path == "web.service.json")
    percent = service["deploymentConfiguration"]
    assert (percent["minimumHealthyPercent"], percent["maximumPercent"]) == (0, 100)
    assert service["availabilityZoneRebalancing"] == "DISABLED"


def test_a_job_is_a_task_definition_alone() -> None:
    job = "  migrate: {kind: job, image: shop/migrate:1, resources: {cpu: 0.25, memory: 512MiB}}\n"
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=job).replace(
        "    service_security_groups: {web: [sg-0b1c2d3e]}\n", "    security_groups: [sg-0b1c2d3e]\n"
    )
    outcome = compiled_text(text)
    assert not outcome.codes
    assert judged(outcome) == 3
    assert sorted(outcome.compiled[0].bundle.texts) == [
        "migrate.taskdef.json",
        "template.json",
        "web.service.json",
        "web.taskdef.json",
    ]
    for option in ("service_security_groups: {migrate: [sg-0b1c2d3e]}", f'cloud_map_services: {{migrate: "{CLOUD_MAP}"}}'):
        assert compiled_text(text.replace("    cluster: shop\n", f"    cluster: shop\n    {option}\n")).codes == ["ECS102"]
    assert compiled_text(text.replace("kind: job,", "kind: job, restart: on-failure,")).codes == ["TW511"]


def test_fargate_adds_one_capability_alone() -> None:
    def found(capabilities: str) -> tuple[list[str], object]:
        text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}").replace("[SYS_PTRACE]", capabilities)
        accept = "accept: [{code: TW511, at: services.web.capabilities, target: ecs, because: it is a test}]"
        codes = compiled_text(text).codes
        outcome = compiled_text(f"{text}{accept}\n" if "TW511" in codes else text)
        (task,) = (document for path, _, document in documents(outcome) if path == "web.taskdef.json")
        return codes, task["containerDefinitions"][0]["linuxParameters"]["capabilities"].get("add")

    assert found("[SYS_PTRACE]") == ([], ["SYS_PTRACE"])
    assert found("[SYS_PTRACE, CHOWN]") == (["TW511"], ["SYS_PTRACE"])
    assert found("[CHOWN]") == (["TW511"], None)


def test_capabilities_are_those_of_the_api() -> None:
    names = set(re.findall(r'"([A-Z_]+)"', structure("KernelCapabilities").members["add"].documentation))
    assert names == {"ALL", *get_args(Capability)}


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
def test_times_have_the_ranges_that_the_api_states(member: str, range_: limits.Seconds, words: str) -> None:
    assert words in structure("HealthCheck").members[member].documentation
    assert words == f"between {range_.least} and {range_.most} seconds"


def test_failures_have_the_range_that_the_api_states() -> None:
    failures = environment_schema()["$defs"]["Health"]["properties"]["failures"]
    assert (
        f"between {failures['minimum']} and {failures['maximum']} retries"
        in structure("HealthCheck").members["retries"].documentation
    )


def test_stop_and_cpu_have_the_ranges_that_the_api_states() -> None:
    stop = structure("ContainerDefinition").members["stopTimeout"].documentation
    assert f"valid values for Fargate are {limits.STOP['fargate'].least}-{limits.STOP['fargate'].most} seconds" in stop
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
    pairs = {(cpu * 1000 // 1024, memory << 20) for cpu, sizes in fargate_of_cfn_lint().items() for memory in sizes}
    assert pairs == sizes.FARGATE


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
        ("{cpu: 0.25, memory: 600000KiB}", "600000KiB becomes a task of 1GiB, 586MiB of it for the container"),
        ("{cpu: 0.25, memory: 700MiB}", "700MiB becomes a task of 1GiB, 700MiB of it for the container"),
        ("{cpu: 0.3, memory: 8GiB}", "0.3 becomes 1;"),
        ("{cpu: 0.3, memory: 1GiB}", "0.3 becomes 0.5"),
    ],
)
def test_rounding_is_said_at_the_value(resources: str, said: str) -> None:
    outcome = compiled_text(spec_for("fargate", resources=resources))
    found = {finding.at: finding.message for finding in outcome.findings if finding.code.id == "TW502"}
    assert set(found) <= {"services.web.resources.cpu", "services.web.resources.memory"}
    assert bool(found) == bool(said)
    assert said.rstrip(";") in " ".join(found.values())


@pytest.mark.parametrize(
    ("more", "code", "at"),
    [
        ("    stop_grace: 3m\n", "TW511", "services.web.stop_grace"),
        ("    restart: never\n", "TW511", "services.web.restart"),
        ("    stop_grace: 1500ms\n", "TW502", "services.web.stop_grace"),
        ("    ports: {http: 8080}\n    publish: [{port: http, host: ephemeral}]\n", "TW512", "services.web.publish.http"),
        ("    stop_signal: SIGINT\n", "TW511", "services.web.stop_signal"),
        ("    tmpfs: [/run]\n", "TW513", "services.web.tmpfs"),
        ("    shm_size: 96MiB\n", "TW511", "services.web.shm_size"),
        ("    logging: {driver: json-file, options: {max-size: 1m}}\n", "TW511", "services.web.logging.driver"),
        ("    logging: none\n", "TW511", "services.web.logging.driver"),
        ("    no_new_privileges: true\n", "TW513", "services.web.no_new_privileges"),
    ],
)
def test_what_ecs_can_not_do_is_said(more: str, code: str, at: str) -> None:
    outcome = compiled_text(spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=more))
    assert [(finding.code.id, finding.at) for finding in outcome.findings] == [(code, at)]


def test_log_drivers_are_those_of_the_api() -> None:
    """Splunk wants a token among its options, FireLens a container beside."""
    driver = structure("LogConfiguration").members["logDriver"]
    assert isinstance(driver, StringShape)
    assert set(driver.enum) - {"splunk", "awsfirelens"} == limits.LOG_DRIVERS["ec2"]
    told = re.sub("<[^>]+>", "", driver.documentation)
    assert "For tasks on Fargate, the supported log drivers are awslogs, splunk, and awsfirelens." in told
    options = re.sub("<[^>]+>", "", structure("LogConfiguration").members["options"].documentation)
    named = set(re.findall(r"\b(awslogs-[a-z-]+|mode|max-buffer-size)  Required:", options))
    assert named - {"awslogs-stream-prefix", "awslogs-multiline-pattern"} == limits.OF_AWSLOGS


def test_awslogs_says_what_the_spec_says_and_the_target_the_rest() -> None:
    logging = "{driver: awslogs, options: {awslogs-group: /all, awslogs-region: eu-central-1, mode: blocking}}"
    outcome = compiled_text(spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=f"    logging: {logging}\n"))
    assert not outcome.codes
    assert judged(outcome) == 2
    (task,) = (document for path, _, document in documents(outcome) if path == "web.taskdef.json")
    assert task["containerDefinitions"][0]["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            **{"awslogs-group": "/all", "awslogs-region": "eu-central-1", "mode": "blocking"},
            "awslogs-stream-prefix": "web",
        },
    }


def test_ulimits_are_those_of_the_api() -> None:
    ulimit = structure("Ulimit")
    name = ulimit.members["name"]
    assert isinstance(name, StringShape)
    assert set(name.enum) == set(get_args(UlimitName))
    assert "with the exception of the <code>nofile</code>" in ulimit.documentation
    assert {ulimit.members[end].type_name for end in ("softLimit", "hardLimit")} == {"integer"}


def test_security_options_are_for_ec2_and_in_the_words_of_the_api() -> None:
    said = structure("ContainerDefinition").members["dockerSecurityOptions"].documentation
    assert "isn't valid for containers in tasks using the Fargate launch type" in said
    assert 'Valid values: "no-new-privileges" |' in said


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
        ("      news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}\n", "targets.ecs.volumes.news"),
    ],
)
def test_what_only_aws_can_tell_is_named_where_it_is_missing(taken: str, at: str) -> None:
    """Where there is a template, it asks for subnets and makes file systems."""
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}")
    assert taken in text
    assert not compiled_text(text.replace(taken, "")).codes
    alone = compiled_text(text.replace(taken, "").replace('"a b"', '"{{resolve:ssm:x}}"'))
    assert [(one.code.id, one.at) for one in alone.findings if one.code.id != "ECS111"] == [("ECS101", at)]


def test_json_that_a_reader_could_take_otherwise_is_refused() -> None:
    one = compiled_spec("prod", ["ecs"]).compiled[0]
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


@pytest.mark.parametrize("code", [code for code in CODES if not code.raised_by], ids=lambda code: code.id)
def test_examples_are_executed(code: Any) -> None:
    """Here too, so that this folder stands by itself: on the marked line, and nothing else."""
    marked = [number for number, line in enumerate((HEAD + code.bad).splitlines(), 1) if f"#! {code.id}" in line]
    found = compiled_text(HEAD + code.bad).findings
    assert [(finding.code.id, finding.span.line if finding.span else 0) for finding in found] == [(code.id, marked[0])]
    assert not compiled_text(HEAD + code.good).findings


FAULTS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "the least memory for every container": ("limits", "container_memory", lambda _f: lambda _service: 6),
    "half of the memory": ("limits", "container_memory", lambda f: lambda service: f(service) // 2),
    "the largest task": ("limits", "fargate", lambda _f: lambda _cpu, _memory: limits.TaskSize(32768, 249856)),
    "processors that do not matter": ("limits", "fargate", lambda f: lambda _cpu, memory: f(1, memory)),
    "a size that is not there": ("limits", "fargate", lambda f: lambda *a: limits.TaskSize(f(*a).cpu, f(*a).memory + 1)),
    "seconds rounded down": (
        "limits:Seconds",
        "fit",
        lambda _f: lambda self, value: min(self.most or 999, max(self.least, int(value) // 1000)),
    ),
    "seconds of any length": ("limits:Seconds", "fit", lambda _f: lambda _self, value: -(-int(value) // 1000)),
    "the longest seconds": ("limits:Seconds", "fit", lambda _f: lambda self, _value: self.most or 999),
    "images as they are written": ("lower task.container", "registry_of", lambda _f: lambda _options, _service: None),
    "a base image as it is written": (
        "lower",
        "image_folder",
        lambda f: lambda *a: f(*a[:3], a[3].partition(".com/")[2] or a[3]),
    ),
    "another registry": ("lower task.container", "registry_of", lambda f: lambda *a: f(*a) and "registry.example"),
    "every image from the registry": (
        "lower task.container",
        "registry_of",
        lambda _f: lambda options, _service: options.registry,
    ),
    "no load balancer": ("service.input", "_load_balancers", lambda _f: lambda *_: []),
    "no capability": ("limits", "ADDED", lambda _f: frozenset()),
    "each load balancer twice": ("service.input", "_load_balancers", lambda f: lambda *a: f(*a) * 2),
}


def replaced(monkeypatch: pytest.MonkeyPatch, place: str, name: str, fault: Callable[[Any], Any]) -> None:
    """A function of the emitter's, under this name in all these places, with a fault in it."""
    for one in place.split():
        module, _, inner = one.partition(":")
        found = import_module(f"twipc.targets.ecs.{module}")
        owner = getattr(found, inner) if inner else found
        monkeypatch.setattr(owner, name, fault(getattr(owner, name)))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed specs, and in public's `web` all that this target rounds."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("specs", "app"):
        shutil.copytree(ROOT / folder, root / folder)
    path = root / "specs/public.yaml"
    text = path.read_text()
    assert "  web: {}\n" in text
    rounded = (
        "{cpu: 1.5, memory: 700MiB}, stop_grace: 1500ms, health: {interval: 1s, timeout: 2500ms}, capabilities: [SYS_PTRACE]"
    )
    text = re.sub(" +ingress: alb\n", "", text)
    text = re.sub("namespace: null .*", "namespace: twip-public.internal", text)  # with a server of ours, as elsewhere
    path.write_text(text.replace("  web: {}\n", f"  web: {{resources: {rounded}}}\n"))
    return root


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_emitter_stops_the_compile(name: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, *FAULTS[name])
    ran = run("compile", "public", "--target", "ecs", at=project)
    assert ran.code == 70, ran.out + ran.err
    assert "target ecs of twip-public reads back otherwise than it was meant" in ran.err
    assert not (project / "out").exists()


def test_without_a_fault_it_compiles(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "project")
    ran = run("compile", "public", "--target", "ecs", at=tmp_path / "project")
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.parametrize("launch", ["fargate", "ec2"])
def test_every_size_is_stated_twice_alike(launch: str) -> None:
    """The emitter's arithmetic and what it is held to, at and around each bound."""
    for cpu in (10, 124, 125, 126, 249, 250, 251, 300, 1000, 1001, 4000, 16001, 32000):
        for memory in (6 << 20, (6 << 20) + 1, 512 << 20, (512 << 20) + 1, 1023 << 20, 31 << 30, 244 << 30):
            service = Service(image="shop/web:1", resources=Resources(cpu=Cpu(cpu), memory=Size(memory)))
            size = limits.task_size(launch, service)
            held = sizes.task_size(launch, service)
            assert size, (cpu, memory)
            assert size.cpu is not None
            assert held == (size.cpu * 1000 // 1024, size.memory << 20), (cpu, memory)
            assert sizes.container_memory(service) == (limits.container_memory(service) or 0) << 20


def built(*, image: str = "shop/web:1", http: str = "", registry: str = "r.example") -> str:
    """An app of our own, and one that is not."""
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=http or "    build: app\n")
    text = text.replace("image: shop/web:1", f"image: {image}")
    return text.replace(
        "    cluster: shop\n", f"    cluster: shop\n    registry: {registry}\n" if registry else "    cluster: shop\n"
    )


def facts_and_images(text: str) -> tuple[dict[str, object], list[str]]:
    outcome = compiled_text(text)
    assert outcome.compiled, [finding.message for finding in outcome.findings]
    facts = outcome.compiled[0].target.read(outcome.compiled[0].bundle.texts)
    images = [re.findall(r'"image": "(.*)"|^FROM (.*)', text, re.M) for text in outcome.compiled[0].bundle.texts.values()]
    return {str(key): value for key, value in facts.items()}, [one or other for found in images for one, other in found]


@pytest.mark.parametrize(
    ("image", "named"),
    [
        ("shop/web:1", "r.example/team/shop/web:1"),
        ("busybox", "r.example/team/busybox"),
        ("ghcr.io/shop/web:1", "ghcr.io/shop/web:1"),
        ("localhost/web:1", "localhost/web:1"),
        ("host:5000/web:1", "host:5000/web:1"),
    ],
)
def test_the_registry_is_before_the_image_of_a_service_that_is_built(image: str, named: str) -> None:
    used = named.startswith("r.example")
    facts, images = facts_and_images(built(image=image, registry="r.example/team" if used else ""))
    assert images == [named]
    assert facts["service.image of web"] == image


def test_other_images_stay_as_they_are_written() -> None:
    _, images = facts_and_images(spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}"))
    assert images == ["shop/web:1"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_committed_images_of_ours_come_from_the_registry(name: str) -> None:
    registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    texts = compiled_spec(name, ["ecs"]).compiled[0].bundle.texts
    assert f'mage": "{registry}/twip/web:1.0.0"' in texts.get("web.taskdef.json", texts["template.json"])
    assert f"FROM {registry}/twip/static:1.0.0\n" in texts["images/static/Dockerfile"]
    if name == "prod":  # in public a load balancer takes its place
        assert "FROM haproxy:3.2-alpine\n" in texts["images/proxy/Dockerfile"]


def test_a_service_with_build_wants_a_registry() -> None:
    found = compiled_text(built(registry="")).findings
    assert [(finding.code.id, finding.at) for finding in found] == [("ECS101", "targets.ecs.registry")]


OWN_GROUP = "    service_security_groups: {web: [sg-0b1c2d3e]}\n"
OWN_ROLE = '    execution_roles: {web: "arn:aws:iam::111122223333:role/web"}\n'


@pytest.mark.parametrize(
    ("option", "at"),
    [
        ("    registry: r.example\n", "registry"),
        ("    security_groups: [sg-0a1b2c3d]\n" + OWN_GROUP, "security_groups"),
        ('    execution_role: "arn:aws:iam::111122223333:role/shop"\n' + OWN_ROLE, "execution_role"),
        ("    namespace: shop.internal\n", "namespace"),
    ],
)
def test_an_option_without_effect_is_said(option: str, at: str) -> None:
    text = small(option)
    assert [(finding.code.id, finding.at) for finding in compiled_text(text).findings] == [("ECS102", f"targets.ecs.{at}")]
    line = next(line for line in option.splitlines() if line.strip().startswith(at))
    assert not compiled_text(text.replace(line + "\n", "")).findings


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ("    subnets: [subnet-0a1b2c3d, subnet-0a1b2c3e, subnet-0a1b2c3d]\n", "subnets.2"),
        ("    security_groups: [sg-0a1b2c3d, sg-0a1b2c3d]\n", "security_groups.1"),
        ("    service_security_groups: {web: [sg-0a1b2c3d, sg-0a1b2c3d]}\n", "service_security_groups.web.1"),
    ],
)
def test_what_a_list_names_again_is_said(said: str, index: str) -> None:
    """Each made a mount target, or a rule, of one name."""
    text = LITTLE.format(options=said) + '    user: "1:2"\n    mounts: {/news: news}\nvolumes: {news: {access: shared}}\n'
    assert [(one.code.id, one.at) for one in compiled_text(text).findings if one.span] == [("ECS102", f"targets.ecs.{index}")]


LITTLE = """\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: ec2
    region: eu-west-1
{options}services:
  web:
    image: shop/web:1
    resources: {{memory: 64MiB}}
"""


def test_of_names_the_namespace_alone_is_asked_for() -> None:
    """The template makes what is in it."""
    text = LITTLE.format(options="") + "    ports: {http: 80}\n    env: {WEB: {address: web.http}}\n"
    [found] = compiled_text(text).findings
    assert (found.code.id, found.at, found.help) == ("ECS101", "targets.ecs.namespace", "write `namespace: shop-prod.internal`")
    assert not compiled_text(text.replace("services:", "    namespace: shop-prod.internal\nservices:", 1)).findings


def test_logs_that_others_keep_have_no_days_here() -> None:
    elsewhere = "    logging: {driver: awslogs, options: {awslogs-group: /elsewhere}}\n"
    text = small("    log_retention: 7\n")
    assert not compiled_text(text).findings
    [found] = compiled_text(text + elsewhere).findings
    assert (found.code.id, found.at) == ("ECS102", "targets.ecs.log_retention")


def small(options: str) -> str:
    """One service, with what is wanted and not among the options."""
    own = {
        "security_groups": "    security_groups: [sg-0a1b2c3d]\n",
        "execution_role": '    execution_role: "arn:aws:iam::111122223333:role/shop"\n',
    }
    wanted = "".join(line for key, line in own.items() if key not in options)
    return (
        f"{HEAD}targets:\n  ecs:\n    launch: fargate\n    region: eu-west-1\n    subnets: [subnet-0a1b2c3d]\n"
        f"{'' if 'cluster:' in options else '    cluster: shop' + chr(10)}{wanted}{options}"
        "services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
        "    resources: {cpu: 0.25, memory: 512MiB}\n"
    )


def test_an_execution_role_is_made_where_a_service_has_none() -> None:
    text = small("").replace('    execution_role: "arn:aws:iam::111122223333:role/shop"\n', "")
    outcome = compiled_text(text)
    assert not outcome.findings
    assert sorted(outcome.compiled[0].bundle.texts) == ["template.json"]


BALANCED = '    target_groups: {{web: {{http: "arn:{}:elasticloadbalancing:{}:{}:targetgroup/shop/0a1b2c3d4e5f6071"}}}}\n'


@pytest.mark.parametrize(
    ("option", "at", "both"),
    [
        ('    cluster: "arn:aws:ecs:us-east-1:111122223333:cluster/shop"\n', "cluster", ("us-east-1", "eu-west-1")),
        (
            '    cluster: "arn:aws:ecs:eu-west-1:444455556666:cluster/shop"\n' + OWN_ROLE,
            "cluster",
            ("444455556666", "111122223333"),
        ),
        ('    task_roles: {web: "arn:aws:iam::444455556666:role/web"}\n', "task_roles.web", ("444455556666", "111122223333")),
        ('    task_roles: {web: "arn:aws-cn:iam::111122223333:role/web"}\n', "task_roles.web", ("aws-cn", "`aws`")),
        (
            '    cloud_map_services: {web: "arn:aws:servicediscovery:eu-west-2:111122223333:service/srv-0a1b2c3d4e5f6071"}\n',
            "cloud_map_services.web",
            ("eu-west-2", "eu-west-1"),
        ),
        (BALANCED.format("aws", "eu-central-1", "111122223333"), "target_groups.web.http", ("eu-central-1", "eu-west-1")),
        (BALANCED.format("aws", "eu-west-1", "444455556666"), "target_groups.web.http", ("444455556666", "111122223333")),
    ],
)
def test_arns_agree_with_the_region_and_among_themselves(option: str, at: str, both: tuple[str, str]) -> None:
    text = small(option)
    if OWN_ROLE in option:
        text = text.replace(OWN_ROLE, OWN_ROLE + BALANCED.format("aws", "eu-west-1", "111122223333"))
    found = [finding for finding in compiled_text(text).findings if finding.code.id == "ECS109"]
    assert [finding.at for finding in found] == [f"targets.ecs.{at}"]
    assert all(word in found[0].message for word in both), found[0].message
    assert found[0].span
    assert text.splitlines()[found[0].span.line - 1][found[0].span.column - 1 :].lstrip('"').startswith("arn:")


def test_regions_lie_in_the_partitions_of_botocore() -> None:
    session = botocore.session.get_session()
    for region, partition in (
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
    ):
        assert session.get_partition_for_region(region) == partition
        text = small("").replace("eu-west-1", region).replace("arn:aws:", f"arn:{partition}:")
        assert not compiled_text(text).findings, region


@pytest.mark.parametrize(
    ("publish", "open_ones", "lost"),
    [
        ("{port: http, host: 80}, {port: http, host: 81}", [0, 1], []),
        ("{port: http, host: 80, address: 127.0.0.1}, {port: http, host: 81}", [1], [0]),
        ("{port: http, host: 81}, {port: http, host: 80, address: 127.0.0.1}", [0], [1]),
    ],
)
def test_two_publications_of_one_port_are_one_target(publish: str, open_ones: list[int], lost: list[int]) -> None:
    """Each is answered for by itself, and the service has one load balancer entry."""
    text = small(BALANCED.format("aws", "eu-west-1", "111122223333")).replace("{port: http, host: 80}", publish, 1)
    found = compiled_text(text.partition("accept:")[0]).findings
    place = {finding.span.column for finding in found if finding.span}
    assert sorted(finding.code.id for finding in found) == ["ECS107"] * len(open_ones) + ["TW512"] * len(lost)
    assert len(place) == len(open_ones) + len(lost)
    losses = [f"{{code: TW512, at: services.web.publish.{number}, target: ecs, because: tests}}" for number in lost]
    accept = f"accept: [{', '.join(losses)}]\n"
    outcome = compiled_text(text.partition("accept:")[0] + accept)
    (service,) = [document for path, _, document in documents(outcome) if path.endswith(".service.json")]
    assert len(service["loadBalancers"]) == 1


def test_a_time_that_is_rounded_says_why() -> None:
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more="    stop_grace: 20500ms\n")
    (found,) = compiled_text(text).findings
    assert found.message == (
        "services.web.stop_grace on ecs: 20500ms becomes 21s: ECS waits whole seconds before it kills, 2s or longer"
    )


def test_environments_share_nothing_that_holds_state() -> None:
    """No id and no ARN of one environment's files is in another's."""
    own = {name: ids_of(name) for name in ENVIRONMENTS}
    assert all(own.values())
    for one in ENVIRONMENTS:
        for other in ENVIRONMENTS:
            assert one == other or not own[one] & own[other], (one, other)


def ids_of(name: str) -> set[str]:
    texts = compiled_spec(name, ["ecs"]).compiled[0].bundle.texts
    found = [re.findall(r'"((?:arn:|subnet-|sg-|fs-|fsap-)[^"]+)"', text) for text in texts.values()]
    return {one for several in found for one in several}


def test_each_committed_service_has_its_own_security_group() -> None:
    for name in ENVIRONMENTS:
        found = documents(compiled_spec(name, ["ecs"]))
        networks = [one["networkConfiguration"]["awsvpcConfiguration"] for path, _, one in found if ".service." in path]
        groups = [network["securityGroups"][0] for network in networks]
        assert len(set(groups)) == len(groups)


def test_only_the_task_definition_that_may_be_too_large_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []

    def noted(function: Any) -> Any:
        def measure(model: Any, options: Any, name: str) -> Any:
            measured.append(name)
            return function(model, options, name)

        return measure

    replaced(monkeypatch, "quotas.measures", "task_definition", noted)
    text = small("").replace("services:\n", "services:\n  api: {image: a, resources: {cpu: 0.25, memory: 512MiB}}\n")
    assert compiled_text(text).compiled
    assert not measured
    assert compiled_text(
        text.replace("    image: shop/web:1", f"    image: shop/web:1\n    command: [{'x' * 60_000}]")
    ).compiled
    assert measured == ["web"]


def test_a_variable_that_is_called_as_statistics_is_a_variable() -> None:
    text = small("    registry: r.example\n").replace(
        "    image: shop/web:1\n    ports: {http: 8080}\n",
        '    http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}\n'
        "    env: {stats: {secret: api-key}}\n",
    )
    outcome = compiled_text(f'{text}secrets: {{api-key: {{ecs: "{ARN}"}}}}\n')
    assert outcome.compiled, [finding.message for finding in outcome.findings]


DNS = """\
services:
  web:
    image: shop/web:1
    resources: {cpu: 0.25, memory: 512MiB}
    ports: {dns: {number: 53, protocol: udp}, dns-tcp: 53}
    publish: [{port: dns, host: 53}, {port: dns-tcp, host: 53}]
"""
GROUPS = """\
    execution_role: "arn:aws:iam::111122223333:role/shop"
    target_groups: {web: {dns: FIRST, dns-tcp: SECOND}}
"""


@pytest.mark.parametrize("second", [0, 1])
def test_a_target_group_stands_for_one_protocol_of_a_number_or_for_both(second: int) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/"
    head = small("").partition("    execution_role")[0]
    groups = GROUPS.replace("FIRST", f'"{arn}{0:016x}"').replace("SECOND", f'"{arn}{second:016x}"')
    outcome = compiled_text(head + groups + DNS)
    assert judged(outcome) == 2
    assert outcome.codes.count("ECS110") == 1
    (_, _, service), (_, _, task) = documents(outcome)
    mappings = task["containerDefinitions"][0]["portMappings"]
    assert mappings == [
        {"name": "dns", "containerPort": 53, "protocol": "udp"},
        {"name": "dns-tcp", "containerPort": 53, "protocol": "tcp"},
    ]
    assert [(one["targetGroupArn"][-1], one["containerPort"]) for one in service["loadBalancers"]] == [
        (str(group), 53) for group in sorted({0, second})
    ]


def test_a_member_does_not_make_the_udp_port_of_its_number_speak_http() -> None:
    targets = ENVIRONMENTS[0]
    text = (SPECS / f"{targets}.yaml").read_text()
    text = text.replace("\n  web:\n", "\n  web:\n    ports: {quic: {number: 8080, protocol: udp}}\n")
    spec = {"specs/base.yaml": (SPECS / "base.yaml").read_text()}
    pages = {path: (ROOT / path).read_text() for path in ("app/static/404.html", "app/static/50x.html")}
    (one,) = compiled_text(text, {**spec, **pages}, ["ecs"], stem=targets).compiled
    mappings = json.loads(one.bundle.texts["web.taskdef.json"])["containerDefinitions"][0]["portMappings"]
    assert [(one["name"], one.get("appProtocol")) for one in mappings] == [("http", "http"), ("quic", None)]


CONFIGURED = f"""{HEAD}targets:
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/shop"
    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
services:
  web:
    image: shop/web:1
    resources: {{cpu: 0.25, memory: 512MiB}}
    configs: {{/etc/app/odd.txt: app/odd.txt, /opt/a_b: app/one line}}
"""


@pytest.mark.parametrize("build", ["", "    build: app/web\n"])
def test_files_of_a_service_are_in_an_image_of_its_own(build: str) -> None:
    outcome = compiled_text(CONFIGURED + build, CONFIGS)
    assert judged(outcome) == 2
    texts = outcome.compiled[0].bundle.texts
    assert texts["images/web/files/etc/app/odd.txt"] == CONFIGS["app/odd.txt"]
    assert texts["images/web/files/opt/a_b"] == CONFIGS["app/one line"]
    registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    lines = [line for line in texts["images/web/Dockerfile"].splitlines() if not line.startswith("#")]
    assert lines == [
        f"FROM {registry + '/' if build else ''}shop/web:1",
        "COPY --chmod=0444 files/etc/app/odd.txt /etc/app/odd.txt",
        "COPY --chmod=0444 files/opt/a_b /opt/a_b",
    ]
    (container,) = json.loads(texts["web.taskdef.json"])["containerDefinitions"]
    assert re.fullmatch(rf"{registry}/shop-prod-web:[0-9a-f]{{12}}", container["image"])
    other = compiled_text(CONFIGURED + build, {**CONFIGS, "app/odd.txt": "x"}).compiled[0].bundle.texts["web.taskdef.json"]
    assert container["image"] not in other


def test_an_image_for_files_wants_a_registry() -> None:
    without = "".join(line for line in CONFIGURED.splitlines(keepends=True) if "registry" not in line)
    found = [one for one in compiled_text(without, CONFIGS).findings if one.severity.value == "error"]
    assert [(one.code.id, one.at) for one in found] == [("ECS101", "targets.ecs.registry")]
