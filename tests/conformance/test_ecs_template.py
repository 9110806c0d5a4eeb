"""The template of an environment: what cfn-lint says of it, and what the reader does."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any, get_args

import botocore.session
import pytest
from cfnlint.api import lint_all
from hypothesis import given
from hypothesis import strategies as st

from bench.faults import faults
from targets.ecs.expected.making import logical_name
from targets.ecs.forms import Days
from targets.ecs.network.groups import _name
from targets.ecs.template.logical import logical
from targets.ecs.untemplated import obstacles
from tests.compiling import Outcome, compiled_spec
from tests.conformance.test_ecs import ENVIRONMENTS, compiled_text, meaning, spec_for
from tests.conformance.unsaid import unsaid
from tests.strategies import CONFIGS, PAGES, Spec, as_text, specs, targets_of
from twipc.driver import Compiled
from twipc.verify.disk import verify_folder

FILE = "template.json"
MORE = """\
    tmpfs: [/run, {path: /var/cache, size: 7MiB}]
    shm_size: 96MiB
    placement: {constraints: {zone: a1}, spread: [rack], max_per_host: 1}
    ulimits: {nofile: 1000}
    no_new_privileges: true
    labels: {com.example.team: "a ${b} c", Reference: x}
"""
JOB = "  migrate-2: {kind: job, image: shop/migrate:1, resources: {cpu: 0.25, memory: 512MiB}}\n"
OWN_LOGS = "    logging: {driver: awslogs, options: {awslogs-group: /elsewhere}}\n"


def everything(launch: str) -> Outcome:
    """What no committed environment has."""
    text = spec_for(launch, resources="{cpu: 0.25, memory: 512MiB}", more=(MORE if launch == "ec2" else "") + OWN_LOGS + JOB)
    return compiled_text(
        text.replace("    execution_role:", "    security_groups: [sg-0a1b2c3d]\n    execution_role:").replace(
            "    service_security_groups: {web: [sg-0b1c2d3e]}\n", ""
        )
    )


MADE = ("cluster", "execution_role", "task_roles", "service_security_groups")
TALKING = """\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    subnets: [subnet-0a1b2c3d]
    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
    namespace: shop.internal
    cloud_map_services:
      web: "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6071"
      db: "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6072"
    target_groups:
      proxy: {http: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071"}
    volumes: {news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}
services:
  proxy:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {web: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: web}]
      default: {status: 404}
    publish: [{port: http, host: 80}]
    resources: {cpu: 0.25, memory: 512MiB}
    networks: [edge, back]
  web:
    image: shop/web:1
    ports: {http: 8080, lookup: {number: 53, protocol: udp}}
    env: {DB: {address: db.sql}}
    networks: [back]
    resources: {cpu: 0.25, memory: 512MiB}
    health: {command: [check]}
  db:
    image: shop/db:1
    ports: {sql: 5432}
    env: {LOOKUP: {address: web.lookup}}
    mounts: {/data: news}
    networks: [back]
    resources: {cpu: 0.25, memory: 512MiB}
  move-to:
    kind: job
    image: shop/move:1
    env: {DB: {address: db.sql}}
    networks: [back]
    resources: {cpu: 0.25, memory: 512MiB}
networks: {edge: {}, back: {internal: true}}
volumes: {news: {access: single-writer}}
accept:
  - {code: TW513, at: networks.back.internal, target: ecs, because: AWS has its endpoints anywhere}
  - {code: ECS107, at: services.proxy.publish.http, target: ecs, because: the listener is on 80 too}
"""
NAMES_SAID = TALKING[TALKING.index("    cloud_map_services:") : TALKING.index("    target_groups:")]
NEWS = next(line for line in TALKING.splitlines(keepends=True) if "fsap-" in line)
PUBLISHED = [
    line for line in TALKING.splitlines(keepends=True) if re.match(" +(publish:|target_groups:|proxy: {)|.*ECS107", line)
]
SUBNETS = "    subnets: [subnet-0a1b2c3d]\n"
UNPLACED = ((NAMES_SAID, ""), (NEWS, '    volume_owners: {news: "70:71"}\n'), (SUBNETS, ""))
"""What a deployment is asked for, or the template makes."""
NETWORK = (*UNPLACED[:2], (SUBNETS, "    network: {}\n"), *((line, "") for line in PUBLISHED))
_ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
INWARD = (
    ("networks: [edge, back]", "networks: [back]"),
    ("networks: {edge: {}, back: {internal: true}}", "networks: {back: {internal: true}}"),
    *((f"image: shop/{name}:1", f"image: {_ECR}/shop/{name}:1") for name in ("web", "db", "move")),
    (
        "    env: {DB: {address: db.sql}}\n    networks: [back]\n    resources: {cpu: 0.25, memory: 512MiB}\n    health:",
        """\
    env: {DB: {address: db.sql}, KEY: {secret: key}}
    networks: [back]
    resources: {cpu: 0.25, memory: 512MiB}
    health:""",
    ),
    ("accept:\n", 'secrets: {key: {ecs: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key"}}\naccept:\n'),
)
"""Where nothing is to get out, and everything comes from AWS."""
CHECKED = (
    ("ports: {http: 8080, lookup", "ready: {http: {path: /ready, port: admin}}\n    ports: {http: 8080, admin: 9000, lookup"),
    ("networks: [edge, back]", "networks: [back]"),
    ("networks: {edge: {}, back: {internal: true}}", "networks: {back: {internal: true}}"),
    *((line, "") for line in PUBLISHED),
)
RANGED = ("    image: shop/web:1\n", "    image: shop/web:1\n    replicas: 2\n    autoscaling: {max: 6, cpu: 60, memory: 70}\n")
SECRETS = """\
secrets:
  api-key: {ecs: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key-AbCdEf:user::"}
  other: {ecs: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/other"}
  third: {ecs: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/third"}
"""


def making(launch: str, *without: str) -> Outcome:
    """Everything, where the template makes what is not said."""
    more = (MORE if launch == "ec2" else "") + OWN_LOGS.replace("}}", ', awslogs-create-group: "true"}}') + JOB
    text = spec_for(launch, resources="{cpu: 0.25, memory: 512MiB}", more=more).partition("secrets:")[0] + SECRETS
    text = text.replace("KEY: {secret: api-key}", "KEY: {secret: api-key}, OTHER: {secret: other}, THIRD: {secret: third}")
    text = text.replace(
        "image: shop/web:1", 'image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1@sha256:' + 64 * "a" + '"'
    )
    return compiled_text(
        "".join(line for line in text.splitlines(keepends=True) if line.strip().partition(":")[0] not in without)
    )


def talking(*changes: tuple[str, str]) -> Outcome:
    """Services that speak to each other, in groups that the template makes."""
    text = TALKING
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return compiled_text(text)


def text_of(outcome: Outcome) -> str:
    assert outcome.compiled, [f"{finding.code.id} {finding.message}" for finding in outcome.findings]
    return outcome.compiled[0].bundle.texts[FILE]


def templates() -> Iterator[tuple[str, str]]:
    for name in ENVIRONMENTS:
        yield name, text_of(compiled_spec(name, ["ecs"]))
    for launch in ("fargate", "ec2"):
        yield launch, text_of(everything(launch))
        yield f"{launch}, all made", text_of(making(launch, *MADE))
        yield f"{launch}, made of talk", text_of(talking(("launch: fargate", f"launch: {launch}"), (NAMES_SAID, "")))
        yield f"{launch}, a range made of talk", text_of(talking(("launch: fargate", f"launch: {launch}"), RANGED))
    with_port = ("image: shop/web:1", "image: registry.example.com:5000/shop/web:1")
    for launch in ("fargate", "ec2"):
        yield f"{launch}, files made and subnets", text_of(talking(("launch: fargate", f"launch: {launch}"), *UNPLACED))
    said = ("    registry:", '    task_roles: {db: "arn:aws:iam::111122223333:role/shop-db"}\n    registry:')
    yield "made for a role", text_of(talking(*UNPLACED, said))
    for launch in ("fargate", "ec2"):
        yield f"{launch}, network made", text_of(talking(("launch: fargate", f"launch: {launch}"), *NETWORK))
    yield "network made, without a way out", text_of(talking(*NETWORK, *INWARD))
    yield "readiness, made", text_of(talking(*CHECKED, with_port))
    for words, outcome in unsaid().items():
        yield f"{words}, all made that can be", text_of(outcome)


@pytest.mark.parametrize(("name", "text"), [pytest.param(*one, id=one[0]) for one in templates()])
def test_cfn_lint_has_nothing_to_say(name: str, text: str) -> None:
    """Informational included, but I4010: it asks for prose on why a template is as it is, which is the spec and its page."""
    assert not [f"{name}: {found}" for found in lint_all(text) if found.rule.id != "I4010"]


def test_it_makes_what_the_inputs_ask_for_and_where_they_log() -> None:
    resources = json.loads(text_of(compiled_spec("prod", ["ecs"])))["Resources"]
    kinds = {"Logs": "AWS::Logs::LogGroup", "Task": "AWS::ECS::TaskDefinition", "Service": "AWS::ECS::Service"}
    assert {name: one["Type"] for name, one in resources.items()} == {
        f"{service}{kind}": type_ for service in ("Proxy", "Static", "Web") for kind, type_ in kinds.items()
    }
    container = resources["WebTask"]["Properties"]["ContainerDefinitions"][0]
    assert container["LogConfiguration"]["Options"]["awslogs-group"] == {"Ref": "WebLogs"}
    assert resources["WebService"]["Properties"]["TaskDefinition"] == {"Ref": "WebTask"}


def test_logs_are_kept_as_long_as_is_said_of_what_cloudwatch_can() -> None:
    days = get_args(get_args(Days)[0])
    text = botocore.session.get_session().get_service_model("logs").shape_for("Days").documentation
    assert [int(one) for one in re.findall(r"\d+", text.partition("Possible values are")[2].partition("</p>")[0])] == [*days]

    def kept(said: str) -> object:
        outcome = talking(("    registry:", f"{said}    registry:"))
        return json.loads(text_of(outcome))["Resources"]["WebLogs"]["Properties"]["RetentionInDays"]

    assert (kept(""), kept("    log_retention: 3653\n")) == (30, 3653)
    assert talking(("    registry:", "    log_retention: 10\n    registry:")).codes == ["TW202"]


def test_a_job_has_no_service_and_a_group_of_ones_own_is_not_made() -> None:
    resources = json.loads(text_of(everything("fargate")))["Resources"]
    assert sorted(resources) == ["MigrateQ2Logs", "MigrateQ2Task", "WebService", "WebTask"]


@pytest.mark.parametrize("launch", ["fargate", "ec2"])
def test_it_does_not_change_when_an_unrelated_service_is_added(launch: str) -> None:
    def resources(more: str) -> dict[str, Any]:
        text = spec_for(launch, resources="{cpu: 0.25, memory: 512MiB}", more=more)
        found: dict[str, Any] = json.loads(text_of(compiled_text(text)))["Resources"]
        return found

    before, after = resources(""), resources(JOB)
    assert before == {name: after[name] for name in before}


NAMES = st.from_regex(r"[abq][abq1]{0,3}(-[abq1]{1,2}){0,3}", fullmatch=True)


@given(NAMES, NAMES)
def test_logical_names_are_of_one_service_each(one: str, other: str) -> None:
    assert (logical(one, "Task") == logical(other, "Task")) == (one == other)
    assert logical(one, "Task").isalnum()
    assert logical(one, "Task") == logical_name(one, "Task")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{\n                  "Ref": "WebLogs"\n                }', '"/twip/prod/web"'),
        ('"TaskDefinition": {\n          "Ref": "WebTask"\n        }', '"TaskDefinition": "twip-prod-web"'),
        ('"TaskDefinition": {\n          "Ref": "WebTask"\n        }', '"TaskDefinition": {"Ref": "StaticTask"}'),
        ('"WebService": {', '"WebService2": {'),
        ('"DeletionPolicy": "Retain",', ""),
        ('"RetentionInDays": 30', '"RetentionInDays": 3653'),
        ('"ReadonlyRootFilesystem": true', '"readonlyRootFilesystem": true'),
        ('"ReadonlyRootFilesystem": true', '"ReadonlyRootFilesystem": "true"'),
        ('"FilesystemId"', '"FileSystemId"'),
        ('"IAM": "ENABLED"', '"Iam": "ENABLED"'),
        ('"twip-prod-proxy"', '{"Fn::Sub": "twip-prod-proxy"}'),
        ('"Resources": {', '"Transform": "AWS::Serverless-2016-10-31",\n  "Resources": {'),
        ('"Resources": {', '"Resources": {\n    "Topic": {"Type": "AWS::SNS::Topic"},'),
        ('"Type": "AWS::ECS::Service",', '"Type": "AWS::ECS::Service",\n      "DependsOn": "WebTask",'),
        ('"DesiredCount": 2', '"DesiredCount": 3'),
        ('"eu-west-1"\n', '"eu-west-2"\n'),
    ],
)
def test_another_template_is_another_environment(old: str, new: str) -> None:
    """Also where the inputs beside it still say what they should."""
    one = compiled_spec("prod", ["ecs"]).compiled[0]
    assert old in one.bundle.texts[FILE]
    changed = {**one.bundle.texts, FILE: one.bundle.texts[FILE].replace(old, new)}
    assert meaning(one, changed) != meaning(one, one.bundle.texts)


def test_inputs_and_template_have_the_same_services() -> None:
    one = compiled_spec("prod", ["ecs"]).compiled[0]
    without = {path: text for path, text in one.bundle.texts.items() if not path.startswith("web.")}
    assert meaning(one, without) != meaning(one, one.bundle.texts)
    template = json.loads(one.bundle.texts[FILE])
    del template["Resources"]["WebService"]
    assert meaning(one, {**one.bundle.texts, FILE: json.dumps(template)}) != meaning(one, one.bundle.texts)


@pytest.mark.parametrize(
    "outcome", [everything("fargate"), making("ec2", *MADE), talking(RANGED)], ids=["all said", "all made", "talking"]
)
def test_each_fault_in_a_line_of_it_is_noticed(outcome: Outcome) -> None:
    assert unnoticed(outcome) == []


def unnoticed(outcome: Outcome) -> list[str]:
    [one] = outcome.compiled
    artifact = next(artifact for artifact in one.bundle.artifacts if artifact.path == FILE)
    missed = [fault for fault, text in faults(artifact, random.Random(1)) if not noticed(one, text)]
    # What ECS does anyway may be left out, and what is allowed may be said twice.
    same = [re.compile('"InitProcessEnabled": false,'), re.compile('"[a-z]+:[A-Za-z]+",'), re.compile('"arn:.*:secret:.*",')]
    return [str(fault) for fault in missed if not any(one.fullmatch(fault.before.strip()) for one in same)]


def noticed(one: Compiled, text: str, file: str = FILE) -> bool:
    return any(verify_folder(one.model, one.target, one.options, one.bundle, "out", {**one.bundle.texts, file: text}))


@pytest.mark.parametrize(
    "said",
    [
        'env: {KEY: {secret: api-key}, TEXT: "a {{resolve:ssm:x}}"}',
        'command: [run, "{{resolve:secretsmanager:x}}"]',
        'mounts: {/news: news, /mail: mail, "/{{resolve:ssm:x}}": mail}',
        "labels: {Ref: x}",
        "labels: {Condition: x}",
    ],
)
def test_what_it_would_take_for_something_else_leaves_it_out(said: str) -> None:
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}", more=f"    {said}\n")
    for field in ("env", "command", "mounts"):
        if said.startswith(field):
            text = "".join(line for line in text.splitlines(keepends=True) if f"    {field}: " not in line or said in line)
    outcome = compiled_text(text)
    assert "ECS111" in outcome.codes
    assert "web.taskdef.json" in outcome.compiled[0].bundle.texts
    assert FILE not in outcome.compiled[0].bundle.texts


def many(count: int, more: str = "") -> Outcome:
    sized = f"    image: shop/web:1\n    resources: {{cpu: 0.25, memory: 512MiB}}\n{more}"
    services = "".join(f"  web-{number}:\n{sized}" for number in range(count))
    head = spec_for("fargate", resources="{}").partition("services:\n")[0]
    head = head.replace("service_security_groups: {web: [sg-0b1c2d3e]}", "security_groups: [sg-0b1c2d3e]")
    return compiled_text(f"{head.partition('    task_roles')[0]}services:\n{services}", files=CONFIGS)


def test_more_resources_than_one_template_has_leave_it_out() -> None:
    assert "ECS111" not in many(2).codes
    outcome = many(167)
    assert outcome.codes.count("ECS111") == 1
    assert FILE not in outcome.compiled[0].bundle.texts


def test_what_it_weighs_is_not_underestimated() -> None:
    pairs = ", ".join(f"K{number}: {'x' * 400}" for number in range(70))
    outcome = many(20, f"    env: {{{pairs}}}\n    command: [{'a, ' * 200}a]\n")
    assert FILE not in outcome.compiled[0].bundle.texts
    heavy = many(10, f"    env: {{{pairs}}}\n    labels: {{a: b}}\n    health: {{command: [check]}}\n")
    assert len(text_of(heavy)) < 1_000_000
    assert not [*obstacles(heavy.compiled[0].model)]


def test_a_role_may_do_what_its_service_needs() -> None:
    resources = json.loads(text_of(making("fargate", *MADE)))["Resources"]
    [start] = resources["WebExecutionRole"]["Properties"]["Policies"]
    allowed = [(one["Action"], one["Resource"]) for one in start["PolicyDocument"]["Statement"]]
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop"
    logs = "arn:${AWS::Partition}:logs:eu-west-1:${AWS::AccountId}:log-group:/elsewhere"
    assert allowed == [
        ("ecr:GetAuthorizationToken", "*"),
        (
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            {"Fn::Sub": "arn:${AWS::Partition}:ecr:eu-west-1:111122223333:repository/shop/web"},
        ),
        (["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::Sub": f"{logs}:log-stream:*"}),
        ("logs:CreateLogGroup", {"Fn::Sub": f"{logs}:*"}),
        ("secretsmanager:GetSecretValue", [f"{arn}/key-AbCdEf", f"{arn}/key-AbCdEf-??????", f"{arn}/other-??????"]),
        ("ssm:GetParameters", ["arn:aws:ssm:eu-west-1:111122223333:parameter/shop/third"]),
    ]
    [mount] = resources["WebTaskRole"]["Properties"]["Policies"]
    read, write = "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"
    assert [one["Action"] for one in mount["PolicyDocument"]["Statement"]] == [read, [read, write]]
    assert "MigrateQ2TaskRole" not in resources
    [start] = resources["MigrateQ2ExecutionRole"]["Properties"]["Policies"]
    assert [one["Action"] for one in start["PolicyDocument"]["Statement"]] == [["logs:CreateLogStream", "logs:PutLogEvents"]]


@pytest.mark.parametrize("said", MADE)
def test_what_it_makes_the_inputs_cannot_name(said: str) -> None:
    """Then they are left out, so that nothing disagrees."""
    assert sorted(making("fargate").compiled[0].bundle.texts) == [
        "migrate-2.taskdef.json",
        FILE,
        "web.service.json",
        "web.taskdef.json",
    ]
    outcome = making("fargate", said)
    assert outcome.codes == []
    assert sorted(outcome.compiled[0].bundle.texts) == [FILE]


@pytest.mark.parametrize("said", MADE)
def test_without_a_template_nothing_is_made(said: str) -> None:
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}").replace('"a b"', '"{{resolve:ssm:x}}"')
    assert "ECS101" not in compiled_text(text).codes
    without = "".join(line for line in text.splitlines(keepends=True) if line.strip().partition(":")[0] != said)
    assert {"ECS101", "ECS111"} <= {*compiled_text(without).codes}


Rules = set[tuple[str, str, int, str]]


def rules(outcome: Outcome, name: str) -> tuple[Rules, Rules]:
    """Who reaches the tasks of a service, and whom they reach, wherever the template says so: peer, protocol, port, and why."""
    resources = json.loads(text_of(outcome))["Resources"]
    inward: list[Any] = [*resources[name]["Properties"].get("SecurityGroupIngress", [])]
    outward: list[Any] = [*resources[name]["Properties"]["SecurityGroupEgress"]]
    for one in resources.values():
        if one["Properties"].get("GroupId") == {"Fn::GetAtt": [name, "GroupId"]}:
            (inward if one["Type"].endswith("Ingress") else outward).append(one["Properties"])
    return {shown(rule) for rule in inward}, {shown(rule) for rule in outward}


def shown(rule: Any) -> tuple[str, str, int, str]:
    peer = rule.get("CidrIp") or rule.get("SourceSecurityGroupId") or rule["DestinationSecurityGroupId"]
    assert rule.get("FromPort") == rule.get("ToPort")
    named = peer if isinstance(peer, str) else peer["Fn::GetAtt"][0]
    return (named, rule["IpProtocol"], rule.get("FromPort", -1), rule["Description"])


ENDPOINTS = ("0.0.0.0/0", "tcp", 443, "image, log and secrets")


def test_groups_let_in_who_asks_and_who_is_published_to() -> None:
    out = talking()
    assert rules(out, "ProxyGroup") == (
        {("0.0.0.0/0", "tcp", 8080, "published")},
        {("0.0.0.0/0", "-1", -1, "its networks have a way out")},
    )
    assert rules(out, "WebGroup") == (
        {("ProxyGroup", "tcp", 8080, "from proxy"), ("DbGroup", "udp", 53, "from db")},
        {ENDPOINTS, ("DbGroup", "tcp", 5432, "to db")},
    )
    assert rules(out, "DbGroup") == (
        {("WebGroup", "tcp", 5432, "from web"), ("MoveToGroup", "tcp", 5432, "from move-to")},
        {ENDPOINTS, ("0.0.0.0/0", "tcp", 2049, "volumes"), ("WebGroup", "udp", 53, "to web")},
    )
    assert rules(out, "MoveToGroup") == (set(), {ENDPOINTS, ("DbGroup", "tcp", 5432, "to db")})


def test_who_asks_whether_a_service_is_ready_reaches_it_on_the_port_that_it_says() -> None:
    out = talking(*CHECKED)
    asked = {("ProxyGroup", "tcp", 8080, "from proxy"), ("ProxyGroup", "tcp", 9000, "from proxy")}
    assert asked <= rules(out, "WebGroup")[0]
    assert {("WebGroup", "tcp", 8080, "to web"), ("WebGroup", "tcp", 9000, "to web")} <= rules(out, "ProxyGroup")[1]
    [server] = [text for path, text in out.compiled[0].bundle.texts.items() if path.endswith("haproxy.cfg")]
    assert "web.shop.internal:8080 port 9000" in server


def test_nginx_asks_nobody_whether_he_is_ready() -> None:
    lost = "accept:\n  - {code: TW514, at: services.web.ready, target: ecs, because: it retries}\n"
    out = talking(*CHECKED, ('{name: haproxy, version: "3.2"}', '{name: nginx, version: "1.28"}'), ("accept:\n", lost))
    assert ("ProxyGroup", "tcp", 8080, "from proxy") in rules(out, "WebGroup")[0]
    assert 9000 not in {rule[2] for rule in rules(out, "WebGroup")[0]}


@pytest.mark.parametrize(
    ("image", "more", "port"),
    [
        ("registry.example.com:5000/shop/web:1", "", 5000),
        ("localhost:5001/shop/web", "", 5001),
        ("registry.example.com:443/shop/web:1", "", None),
        ("registry.example.com/shop/web:1", "", None),
        ("web:5000", "", None),
        ("web:5000", "    build: web\n", 5002),
        ("registry.example.com:5000/web:1", "    build: web\n", 5000),
    ],
)
def test_behind_internal_networks_an_image_comes_from_where_its_registry_listens(
    image: str, more: str, port: int | None
) -> None:
    ecr = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    out = talking(("    image: shop/web:1\n", f'    image: "{image}"\n{more}'), (ecr, "registry.example.com:5002/team"))
    outside = {rule for rule in rules(out, "WebGroup")[1] if rule[0] == "0.0.0.0/0"}
    assert outside == {ENDPOINTS, *([("0.0.0.0/0", "tcp", port, "image")] if port else [])}


@pytest.mark.parametrize(
    ("registry", "region"),
    [
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("111122223333.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("111122223333.dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
        ("111122223333.dkr-ecr-fips.us-gov-west-1.on.aws", "us-gov-west-1"),
        ("111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1"),
        ("111122223333.dkr-ecr.eu-west-1.amazonaws.com", None),
        ("111122223333.dkr.ecr.eu-west-1.on.aws", None),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com.example.com", None),
    ],
)
def test_a_role_pulls_from_ecr_by_each_of_its_names(registry: str, region: str | None) -> None:
    resources = json.loads(text_of(talking(("image: shop/web:1", f'image: "{registry}/team/web:1"'))))["Resources"]
    [policy] = resources["WebExecutionRole"]["Properties"]["Policies"]
    found = [one["Resource"] for one in policy["PolicyDocument"]["Statement"] if "ecr:BatchGetImage" in one["Action"]]
    where = f"arn:${{AWS::Partition}}:ecr:{region}:111122223333:repository/team/web"
    assert found == ([{"Fn::Sub": where}] if region else [])


def test_whom_mount_targets_have_to_let_in_is_told() -> None:
    """EFS has groups of its own, which nobody here knows."""
    told = json.loads(text_of(talking()))["Outputs"]
    assert {name: one["Value"] for name, one in told.items()} == {
        name: {"Fn::GetAtt": [name, "GroupId"]} for name in ("DbGroup", "MoveToGroup")
    }
    assert "mount targets" in told["DbGroup"]["Description"]
    assert "mount targets" not in told["MoveToGroup"]["Description"]
    local = talking(("single-writer", "scratch"), (NEWS, ""))
    assert list(json.loads(text_of(local))["Outputs"]) == ["MoveToGroup"]


@pytest.mark.parametrize("changes", [[], [(NAMES_SAID, "")]], ids=["said", "made"])
def test_members_beyond_what_cloud_map_names_are_warned_of(changes: list[tuple[str, str]]) -> None:
    """Be it one of the spec's own or made: both have the same most."""
    for replicas, codes in ((8, []), (9, ["ECS113"])):
        out = talking(*changes, ("    image: shop/web:1\n", f"    image: shop/web:1\n    replicas: {replicas}\n"))
        assert [code for code in out.codes if code.startswith("ECS11")] == codes
    many = ("{sql: 5432}", "{sql: 5432}\n    replicas: 9"), ("single-writer", "shared")
    assert "ECS113" not in talking(*changes, *many).codes  # an answer of eight is enough for a program


def test_a_role_that_has_no_room_for_its_volumes_is_found_too() -> None:
    def mounting(count: int) -> Outcome:
        places = ", ".join(f"/v{at}: v{at}" for at in range(count))
        nouns = ", ".join(f"v{at}: {{access: shared}}" for at in range(count))
        options = ", ".join(f"v{at}: {{file_system: fs-0a1b2c3d, access_point: fsap-{at:08x}}}" for at in range(count))
        return talking(
            (NEWS, f"    volumes: {{{options}}}\n"),
            ("mounts: {/data: news}", f"mounts: {{{places}}}"),
            ("{news: {access: single-writer}}", f"{{{nouns}}}"),
        )

    assert "ECS112" not in mounting(20).codes
    [found] = [one for one in mounting(40).findings if one.code.id == "ECS112"]
    assert (found.at, found.help) == ("services.db", "say a role of your own: `task_roles: {db: …}`")


def test_tasks_of_one_service_reach_each_other_where_they_are_told_its_name() -> None:
    out = talking(("{LOOKUP: {address: web.lookup}}", "{PEERS: {address: db.sql}}"))
    assert ("DbGroup", "tcp", 5432, "from db") in rules(out, "DbGroup")[0]
    assert ("DbGroup", "tcp", 5432, "to db") in rules(out, "DbGroup")[1]


def test_on_hosts_of_ones_own_what_is_behind_reaches_nothing_else() -> None:
    """But what it mounts: that is from its own address on both."""
    alone = (("launch: fargate", "launch: ec2"), ("    env: {LOOKUP: {address: web.lookup}}\n", ""))
    assert rules(talking(*alone), "DbGroup")[1] == {("0.0.0.0/0", "tcp", 2049, "volumes")}
    out = talking(*alone, ("single-writer", "scratch"), (NEWS, ""))
    assert rules(out, "DbGroup")[1] == {("127.0.0.1/32", "icmp", -1, "nothing else")}


def test_a_group_that_is_said_is_let_in_and_let_be() -> None:
    out = talking(("    registry:", "    service_security_groups: {web: [sg-0a1b2c3d, sg-0b1c2d3e]}\n    registry:"))
    said = {("sg-0a1b2c3d", "tcp", 5432, "from web"), ("sg-0b1c2d3e", "tcp", 5432, "from web")}
    assert rules(out, "DbGroup")[0] == {*said, ("MoveToGroup", "tcp", 5432, "from move-to")}
    assert "WebGroup" not in json.loads(text_of(out))["Resources"]


def test_services_wait_for_the_rules_that_they_need() -> None:
    template = json.loads(text_of(talking()))
    assert template["Resources"]["WebService"]["DependsOn"] == [
        "WebFromDbOn53udp",
        "WebFromProxyOn8080",
        "WebToDbOn5432",
    ]
    assert "DependsOn" not in template["Resources"]["ProxyService"]
    assert template["Outputs"]["MoveToGroup"]["Value"] == {"Fn::GetAtt": ["MoveToGroup", "GroupId"]}
    assert list(template["Parameters"]) == ["Vpc"]


def test_names_are_made_where_none_is_said() -> None:
    template = json.loads(text_of(talking((NAMES_SAID, ""))))
    made = {id_: one["Properties"] for id_, one in template["Resources"].items() if "ServiceDiscovery" in one["Type"]}
    assert sorted(made) == ["DbName", "Namespace", "WebName"]
    assert (made["Namespace"]["Name"], made["Namespace"]["Vpc"]) == ("shop.internal", {"Ref": "Vpc"})
    assert (made["WebName"]["Name"], made["WebName"]["NamespaceId"]) == ("web", {"Ref": "Namespace"})
    assert made["WebName"]["DnsConfig"]["DnsRecords"] == [{"Type": "A", "TTL": 1}]
    service = template["Resources"]["WebService"]["Properties"]
    assert service["ServiceRegistries"] == [{"RegistryArn": {"Fn::GetAtt": ["WebName", "Arn"]}}]
    assert "ServiceRegistries" not in template["Resources"]["ProxyService"]["Properties"]


def test_where_one_name_is_said_all_are() -> None:
    """The namespace is there then, and what it is called by AWS nobody has said."""
    line = next(line for line in NAMES_SAID.splitlines(keepends=True) if " db: " in line)
    outcome = talking((line, ""))
    assert [(one.code.id, one.at) for one in outcome.findings] == [("ECS101", "targets.ecs.cloud_map_services.db")]
    outcome = talking((NAMES_SAID, ""), ("    namespace: shop.internal\n", ""))
    assert [(one.code.id, one.at) for one in outcome.findings] == [("ECS101", "targets.ecs.namespace")]


def test_names_that_could_be_misread_have_a_digest() -> None:
    """`a` from `b-from-c` and `a-from-b` from `c` would be one."""
    one, other = ("b-from-cc", "aa", "tcp", 80), ("cc", "aa-from-b", "tcp", 80)
    assert _name(one, "From") != _name(other, "From")
    assert _name(("proxy", "web", "tcp", 80), "From") == "WebFromProxyOn80"


def test_a_range_follows_the_load() -> None:
    """The service says no number: each deployment would go back to it."""
    resources = json.loads(text_of(talking(RANGED)))["Resources"]
    assert "DesiredCount" not in resources["WebService"]["Properties"]
    range_ = resources["WebRange"]["Properties"]
    assert (range_["MinCapacity"], range_["MaxCapacity"]) == (2, 6)
    assert range_["ResourceId"] == {"Fn::Sub": "service/${Cluster}/${WebService.Name}"}
    tracked = [resources[id_]["Properties"]["TargetTrackingScalingPolicyConfiguration"] for id_ in ("WebByCpu", "WebByMemory")]
    assert [one["TargetValue"] for one in tracked] == [60, 70]
    api = botocore.session.get_session().get_service_model("application-autoscaling")
    metrics = [one["PredefinedMetricSpecification"]["PredefinedMetricType"] for one in tracked]
    assert {*metrics} <= {*api.shape_for("MetricType").metadata["enum"]}
    assert range_["ScalableDimension"] in api.shape_for("ScalableDimension").metadata["enum"]


def test_a_range_makes_the_template_stand_alone() -> None:
    """The inputs have no word for it."""
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}").replace("single-writer", "shared")
    assert "web.service.json" in compiled_text(text).compiled[0].bundle.texts
    outcome = compiled_text(text.replace("    image: shop/web:1", "    autoscaling: {max: 2, cpu: 60}\n    image: shop/web:1"))
    assert sorted(outcome.compiled[0].bundle.texts) == [FILE]
    found = json.loads(text_of(outcome))["Resources"]["WebRange"]["Properties"]
    assert found["ResourceId"] == {"Fn::Sub": "service/shop/${WebService.Name}"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Properties": {\n        "Cluster"', '"Properties": {\n        "DesiredCount": 2,\n        "Cluster"'),
        ('"MinCapacity": 2', '"MinCapacity": 1'),
        ("/${WebService.Name}", "/${ProxyService.Name}"),
        ("service/${Cluster}", "service/other"),
        ('"TargetValue": 60', '"TargetValue": 60, "DisableScaleIn": true'),
        ('"Ref": "WebRange"', '"Ref": "WebTask"'),
        ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"),
        ("ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"),
    ],
)
def test_another_range_is_noticed(old: str, new: str) -> None:
    [one] = talking(RANGED).compiled
    text = one.bundle.texts[FILE]
    assert old in text
    changed = text.replace(old, new, 1)
    if "DesiredCount" in new:  # of the service that has the range
        head, middle, tail = text.partition('"WebService": {')
        changed = head + middle + tail.replace(old, new, 1)
    assert json.loads(changed) != json.loads(text)
    assert noticed(one, changed)


def test_without_a_template_a_range_is_lost() -> None:
    """Then the inputs say a number, as where nothing is asked for."""
    text = spec_for("fargate", resources="{cpu: 0.25, memory: 512MiB}").replace("single-writer", "shared")
    text = text.replace('"a b"', '"{{resolve:ssm:x}}"')
    text = text.replace("image: shop/web:1", "image: shop/web:1\n    autoscaling: {max: 3, cpu: 60}")
    [found] = [one for one in compiled_text(text).findings if one.code.id == "TW511"]
    assert (found.at, "ECS111" in found.message) == ("services.web.autoscaling", True)
    accept = "accept: [{code: TW511, at: services.web.autoscaling, target: ecs, because: one is enough}]\n"
    [one] = compiled_text(text + accept).compiled
    assert json.loads(one.bundle.texts["web.service.json"])["desiredCount"] == 1
    assert FILE not in one.bundle.texts


def test_a_most_beyond_what_cloud_map_names_is_warned_of() -> None:
    [found] = [one for one in talking((RANGED[0], RANGED[1].replace("6", "9", 1))).findings if one.code.id == "ECS113"]
    assert found.at == "services.web.autoscaling.max"


UNSAID = (*MADE, "security_groups", "cloud_map_services", "volumes", "subnets")


@given(specs(), st.booleans())
def test_whatever_is_made_is_read_back_as_it_was_meant(spec: Spec, networked: bool) -> None:
    """A compile ends with a proof; without one it raises."""
    options = {key: value for key, value in targets_of(spec)["ecs"].items() if key not in UNSAID}
    if networked:
        options["network"] = {}
        options.pop("target_groups", None)
    found = compiled_text(as_text({**spec, "targets": {"ecs": options}}), files=PAGES).findings
    if "ECS102" in {one.code.id for one in found}:
        del options["namespace"]  # nobody is looked for
    options["volume_owners"] = {(one.at or "").partition(".")[2]: "10001" for one in found if one.code.id == "ECS114"}
    made = {**spec, "targets": {"ecs": options}}
    lost = [finding for finding in compiled_text(as_text(made), files=PAGES).findings if finding.code.id.startswith("TW51")]
    accept = [{"code": one.code.id, "at": one.at, "target": "ecs", "because": "drawn"} for one in lost]
    outcome = compiled_text(as_text({**made, "accept": accept}), files=PAGES)
    assert outcome.compiled or "ECS101" in outcome.codes
