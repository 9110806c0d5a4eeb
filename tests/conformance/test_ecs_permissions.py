"""What the roles of a template may do, over the policies of every template that the tests know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.conformance.test_ecs_template import templates

ECS_TASKS = {"Service": "ecs-tasks.amazonaws.com"}
STREAMS = r"arn:[^*?]+:log-group:[^*?]+:log-stream:\*"
WILD = {
    "ecr:GetAuthorizationToken": (r"\*", "it knows no resource (service authorization reference, Amazon ECR)"),
    "logs:CreateLogStream": (STREAMS, "a stream is called after its task too"),
    "logs:PutLogEvents": (STREAMS, "a stream is called after its task too"),
    "logs:CreateLogGroup": (
        r"arn:[^*?]+:log-group:[^*?]+:\*",
        "so ends the ARN of a group (service authorization reference, logs)",
    ),
    "secretsmanager:GetSecretValue": (r"arn:[^*?]+-\?{6}", "Secrets Manager adds six characters to a name"),
}
"""What of the resources of an action may have a wildcard, and why it has to."""
OF_THEMSELVES = ("AWS::EFS::FileSystem", "AWS::EC2::VPCEndpoint")


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """All but those of file systems and endpoints, which are of that one alone."""
    if isinstance(value, dict) and value.get("Type") in OF_THEMSELVES:
        return
    if isinstance(value, dict):
        yield from [value] if "Effect" in value else []
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        yield from statements(child)


def allowed(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each action with each resource that it is allowed on."""
    assert statement["Effect"] == "Allow"
    assert statement.keys() <= {"Effect", "Principal", "Action", "Resource", "Condition"}, "what is not said would be allowed"
    actions, resources = statement["Action"], statement.get("Resource", [])
    for action in actions if isinstance(actions, list) else [actions]:
        for resource in resources if isinstance(resources, list) else [resources]:
            yield action, resource if isinstance(resource, str) else resource.get("Fn::Sub", "made by the template")
        if not resources:
            yield action, "the role that says so"


@pytest.mark.parametrize(("name", "text"), [pytest.param(*one, id=one[0]) for one in templates()])
def test_no_statement_allows_more_than_it_names(name: str, text: str) -> None:
    found = [*statements(json.loads(text))]
    assert bool(found) == ("AWS::IAM::Role" in text), name
    for statement in found:
        assert statement.get("Principal", ECS_TASKS) == ECS_TASKS
        for action, resource in allowed(statement):
            assert re.fullmatch("[a-z-]+:[A-Za-z]+", action)
            assert not set("*?") & set(resource) or re.fullmatch(WILD[action][0], resource), f"{action} on {resource}"


def test_each_reason_for_a_wildcard_is_needed() -> None:
    found = [pair for _, text in templates() for one in statements(json.loads(text)) for pair in allowed(one)]
    assert {action for action, resource in found if set("*?") & set(resource)} == WILD.keys()


@pytest.mark.parametrize(("name", "text"), [pytest.param(*one, id=one[0]) for one in templates()])
def test_a_role_is_taken_by_tasks_of_this_account_and_region_alone(name: str, text: str) -> None:
    for one in json.loads(text)["Resources"].values():
        if one["Type"] == "AWS::IAM::Role":
            [trust] = one["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert trust["Principal"] == ECS_TASKS
            assert trust["Condition"] == {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"}},
            }, name


@pytest.mark.parametrize(("name", "text"), [pytest.param(*one, id=one[0]) for one in templates()])
def test_a_file_system_refuses_all_without_tls_and_lets_in_roles_that_are_named(name: str, text: str) -> None:
    """Its policy cannot name the file system, which is not there yet: `*` is that one."""
    for one in json.loads(text)["Resources"].values():
        refused, *let_in = one["Properties"].get("FileSystemPolicy", {}).get("Statement", [{"Effect": "Deny"}])
        assert refused["Effect"] == "Deny", name
        for statement in let_in:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert {*actions} <= {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"}
            assert all(re.fullmatch(r"arn:[^*?]+:role/[^*?]+", role) for role in statement["Principal"]["AWS"])
            assert statement["Condition"].keys() == {"ArnLike"}


@pytest.mark.parametrize(("name", "text"), [pytest.param(*one, id=one[0]) for one in templates()])
def test_endpoints_let_through_what_is_named_for_this_account_alone(name: str, text: str) -> None:
    """An endpoint of S3 has no condition: it is ECR that asks there, for layers of images."""
    for id_, one in json.loads(text)["Resources"].items():
        policy = one["Properties"].get("PolicyDocument")
        if one["Type"] != "AWS::EC2::VPCEndpoint" or policy is None:
            continue
        [statement] = policy["Statement"]
        assert statement["Effect"] == "Allow", name
        assert "*" not in str(statement["Action"])
        if id_ == "S3Endpoint":
            assert statement["Resource"]["Fn::Sub"].endswith(":s3:::prod-${AWS::Region}-starport-layer-bucket/*")
        else:
            assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
