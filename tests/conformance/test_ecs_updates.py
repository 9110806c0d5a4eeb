"""What an update replaces, held against CloudFormation's registry as cfn-lint ships it, and against the API's own text."""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from targets.ecs.deploying.replacing import CALLED_BY, DEPLOYED_BY, KIND_WORDS, NAMED_BY, REPLACED_BY
from tests.compiling import ROOT

REGION = "eu-west-1"
ECS = ROOT / "targets" / "ecs"
WRITTEN = [file for file in ECS.rglob("*.py") if file.parent.name != "deploying"]
TEMPLATES = sorted((ROOT / "out").glob("*/ecs/template.json"))


def registered(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return found


def of(places: list[str]) -> set[str]:
    """The properties that places below `/properties` are in."""
    return {place.split("/")[2] for place in places}


@pytest.mark.parametrize("kind", sorted(REPLACED_BY))
def test_what_replaces_a_resource_is_what_its_schema_says(kind: str) -> None:
    schema = registered(kind)
    places = [*schema.get("createOnlyProperties", []), *schema.get("conditionalCreateOnlyProperties", [])]
    assert REPLACED_BY[kind] == of(places)


@pytest.mark.parametrize("kind", sorted(CALLED_BY))
def test_what_a_resource_is_called_by_is_a_property_that_replaces_it(kind: str) -> None:
    """All but that a name may be one of several things that are: a group's VPC is another then."""
    assert set(CALLED_BY[kind]) <= set(registered(kind)["properties"])
    assert set(CALLED_BY[kind]) <= REPLACED_BY[kind]


@pytest.mark.parametrize("kind", sorted(NAMED_BY))
def test_what_a_reference_comes_to_is_the_only_identifier(kind: str) -> None:
    assert registered(kind)["primaryIdentifier"] == [f"/properties/{NAMED_BY[kind]}"]


def test_what_starts_tasks_anew_is_what_the_api_says() -> None:
    shape: Any = botocore.session.get_session().get_service_model("ecs").operation_model("UpdateService").input_shape
    told = {name: re.sub("<[^>]+>", "", member.documentation) for name, member in shape.members.items()}
    says = {name[0].upper() + name[1:] for name, text in told.items() if "triggers a new service deployment" in text}
    assert says == DEPLOYED_BY
    quiet = {name for name, text in told.items() if "doesn't trigger a new service deployment" in text}
    assert {"desiredCount", "deploymentConfiguration", "healthCheckGracePeriodSeconds", "propagateTags"} <= quiet


def test_every_kind_that_a_template_makes_is_known() -> None:
    """All that the target's own modules write out; `AWS::Region` and the types of parameters are longer or shorter."""
    written = {kind for file in WRITTEN for kind in re.findall(r'"(AWS::\w+::\w+)"', file.read_text())}
    made = {one["Type"] for text in TEMPLATES for one in json.loads(text.read_text())["Resources"].values()}
    assert len(made) >= 3
    assert made <= written <= set(REPLACED_BY)


def test_every_kind_has_a_word() -> None:
    assert set(KIND_WORDS) == set(REPLACED_BY)
    assert len(set(KIND_WORDS.values())) == len(KIND_WORDS)
