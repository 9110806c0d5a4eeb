"""The template of repositories: who makes which, what AWS's own tools say of it, and what the reader does."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from cfnlint.api import lint_all
from hypothesis import given
from hypothesis import strategies as st

from bench.faults import faults
from targets.ecs.expected.repositories import called
from targets.ecs.images.repositories import NAME, logical_of
from targets.ecs.limits import LEAST_REPOSITORY
from tests.compiling import Outcome, compiled_spec
from tests.conformance.moto import Moto, server
from tests.conformance.test_ecs import compiled_text
from tests.conformance.test_ecs_template import noticed
from tests.strategies import CONFIGS

HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
SPEC = """\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/shop"
    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
services:
  edge:
    http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}
    resources: {cpu: 0.25, memory: 512MiB}
  web: {image: "shop/web:1.2", build: app, resources: {cpu: 0.25, memory: 512MiB}}
  work: {image: "shop/web:1.2", build: app, command: [work], resources: {cpu: 0.25, memory: 512MiB}}
  told: {image: "shop/told:1", build: app, configs: {/etc/told: app/app.properties}, resources: {cpu: 0.25, memory: 512MiB}}
  own: {image: "ghcr.io/shop/own:1", build: app, resources: {cpu: 0.25, memory: 512MiB}}
  mine: {image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/mine:1", build: app, resources: {cpu: 0.25, memory: 512MiB}}
  hers: {image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/hers:1", resources: {cpu: 0.25, memory: 512MiB}}
  db: {image: "shop/db:1", resources: {cpu: 0.25, memory: 512MiB}}
"""
ALL = ["shop-prod-edge", "shop-prod-told", "shop/mine", "shop/told", "shop/web"]


def changed(*changes: tuple[str, str]) -> Outcome:
    text = SPEC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return compiled_text(text, files=CONFIGS)


def made(outcome: Outcome) -> list[str]:
    """The repositories that the template makes; none where it is not there."""
    assert outcome.compiled, outcome.codes
    text = outcome.compiled[0].bundle.texts.get(NAME)
    resources: dict[str, Any] = json.loads(text)["Resources"] if text else {}
    return sorted(one["Properties"]["RepositoryName"] for one in resources.values())


def test_each_image_that_is_built_here_has_a_repository() -> None:
    """And what is pulled from it is called so, in every task definition."""
    outcome = changed()
    assert (outcome.codes, made(outcome)) == ([], ALL)
    texts = outcome.compiled[0].bundle.texts
    images = {json.loads(text)["containerDefinitions"][0]["image"] for path, text in texts.items() if ".taskdef." in path}
    pulled = {image.partition("/")[2].partition(":")[0] for image in images if image.startswith(HOST)}
    assert pulled == {*ALL, "shop/hers"} - {"shop/told"}  # what an image is made from is not run by itself
    assert f"FROM {HOST}/shop/told:1" in texts["images/told/Dockerfile"]


@pytest.mark.parametrize(
    ("registry", "makes"),
    [
        (HOST, True),
        (f"{HOST}/team", True),
        ("111122223333.dkr-ecr.eu-west-1.on.aws", True),
        ("111122223333.dkr.ecr.eu-central-1.amazonaws.com", False),
        ("444455556666.dkr.ecr.eu-west-1.amazonaws.com", False),
        ("registry.example.com", False),
    ],
)
def test_only_in_this_region_and_account(registry: str, makes: bool) -> None:
    prefix = "team/" if "/" in registry else ""
    names = [name for name in ALL if registry == HOST or name != "shop/mine"]
    assert made(changed((f"registry: {HOST}", f"registry: {registry}"))) == [f"{prefix}{name}" for name in names if makes]
    unsaid = changed(
        (f"registry: {HOST}", f"registry: {registry}"), ('    execution_role: "arn:aws:iam::111122223333:role/shop"\n', "")
    )
    assert bool(made(unsaid)) == (makes or registry.startswith("4444"))


def test_what_is_said_to_be_there_is_not_made() -> None:
    there = (f"registry: {HOST}\n", f"registry: {HOST}\n    repositories: [shop/web, shop-prod-told]\n")
    assert made(changed(there)) == ["shop-prod-edge", "shop/mine", "shop/told"]
    assert made(changed((there[0], f"registry: {HOST}\n    repositories: [{', '.join(ALL)}]\n"))) == []
    for said in ("[shop/web, shop/wep]", "[shop/web, shop/web]"):
        [found] = changed((there[0], f"registry: {HOST}\n    repositories: {said}\n")).findings
        assert (found.code.id, found.at) == ("ECS102", "targets.ecs.repositories.1")
    assert changed((there[0], f"registry: {HOST}\n    repositories: [Shop]\n")).codes == ["TW202"]
    elsewhere = changed((there[0], "registry: registry.example.com\n    repositories: [shop/web]\n"))
    assert elsewhere.codes == ["ECS102"]


def test_two_environments_do_not_make_one_repository() -> None:
    prod, public = (set(made(compiled_spec(name, ["ecs"]))) for name in ("prod", "public"))
    assert prod & public == set()
    assert {"twip/web", "twip/static", "twip-prod-proxy"} < prod


def test_a_repository_is_what_the_api_takes() -> None:
    """Scanned, and no tag is moved; what no tag names goes, all else stays with the stack gone."""
    text = changed().compiled[0].bundle.texts[NAME]
    assert not [found for found in lint_all(text) if found.rule.id != "I4010"]
    api = botocore.session.get_session().get_service_model("ecr")
    for one in json.loads(text)["Resources"].values():
        said = one["Properties"]
        assert re.fullmatch(api.shape_for("RepositoryName").metadata["pattern"], said["RepositoryName"])
        assert said["ImageTagMutability"] in api.shape_for("ImageTagMutability").metadata["enum"]
        assert len(said["LifecyclePolicy"]["LifecyclePolicyText"]) >= api.shape_for("LifecyclePolicyText").metadata["min"]
        assert json.loads(said["LifecyclePolicy"]["LifecyclePolicyText"])["rules"][0]["selection"]["tagStatus"] == "untagged"
        assert (one["DeletionPolicy"], one["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert api.shape_for("RepositoryName").metadata["min"] == LEAST_REPOSITORY


@pytest.mark.xdist_group("moto")
def test_moto_judges_the_policy() -> None:
    """It takes what ECR takes, and refuses another."""
    [said, *_] = [one["Properties"] for one in json.loads(changed().compiled[0].bundle.texts[NAME])["Resources"].values()]
    policy = said["LifecyclePolicy"]["LifecyclePolicyText"]
    with server() as url:
        ecr = Moto(url).client("ecr")
        ecr.create_repository(repositoryName=said["RepositoryName"])
        ecr.put_lifecycle_policy(repositoryName=said["RepositoryName"], lifecyclePolicyText=policy)
        with pytest.raises(ClientError, match="InvalidParameter"):
            ecr.put_lifecycle_policy(
                repositoryName=said["RepositoryName"], lifecyclePolicyText=policy.replace("untagged", "tagless", 2)
            )


def test_an_image_of_one_letter_has_none() -> None:
    for image in ("a", "a:1.2"):
        [found] = changed(("shop/told:1", image)).findings
        assert (found.code.id, found.at) == ("ECS130", "services.told.image")
    assert changed(("shop/told:1", "ab:1")).codes == []


def test_each_fault_in_a_line_of_it_is_noticed() -> None:
    [one] = changed().compiled
    artifact = next(artifact for artifact in one.bundle.artifacts if artifact.path == NAME)
    for fault, text in faults(artifact, random.Random(1)):
        found = noticed(one, text, NAME)
        assert found, str(fault)
    assert noticed(one, "", NAME)


NAMES = st.from_regex(r"[abqs][abqs1]{0,2}((\.|__?|-{1,3}|/)[abqsd1]{1,2}){0,3}", fullmatch=True)


@given(NAMES, NAMES)
def test_logical_names_are_of_one_repository_each(one: str, other: str) -> None:
    assert (logical_of(one) == logical_of(other)) == (one == other)
    assert logical_of(one).isalnum()
    assert logical_of(one) == called(one)
