"""`twipc deploy` to an account that moto plays: it makes there what the template says, and a second time it is at rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import project, run
from tests.cli.stand_in_aws import surroundings
from tests.conformance.moto import Moto, server
from tests.on_ecs import BUILT_ON_ECS, ON_ECS

pytestmark = pytest.mark.xdist_group("moto")
ACCOUNT = "123456789012"
"""The one that moto plays."""
LEFT = ("    cluster:", "    execution_role:", "    security_groups:")
SPEC = "".join(line for line in ON_ECS.splitlines(keepends=True) if not line.startswith(LEFT))
CACHE = "  cache: {image: shop/cache:1, resources: {cpu: 0.25, memory: 512MiB}}\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as found:
        yield found


def test_a_stack_is_made_brought_up_to_date_and_at_rest(url: str, tmp_path: Path) -> None:
    moto = Moto(url)
    spec = moto.real(SPEC)

    def deploy(text: str, *more: str) -> tuple[dict[str, str], str]:
        """(what was done, where it ended)"""
        project(tmp_path, prod=text)
        assert run("compile", at=tmp_path).code == 0
        ran = run("deploy", "prod", *more, "--format", "json", at=tmp_path)
        assert ran.code == 0, ran.out
        said = json.loads(ran.out)
        return {one["resource"]: one["change"] for one in said["changes"]}, said.get("status", "")

    def listed() -> set[str]:
        found = moto.client("cloudformation").list_stack_resources(StackName="shop-prod")["StackResourceSummaries"]
        return {one["LogicalResourceId"] for one in found}

    with surroundings(tmp_path, AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="of", AWS_SECRET_ACCESS_KEY="nobody"):
        made, status = deploy(spec, "--parameter", f"Vpc={moto.vpc}")
        assert (set(made.values()), status) == ({"created"}, "CREATE_COMPLETE")
        assert set(made) == listed()
        more, status = deploy(spec.replace("services:\n", f"services:\n{CACHE}"))
        assert (set(more.values()), status) == ({"created"}, "UPDATE_COMPLETE")
        assert listed() == set(made) | set(more)
        assert {one["Key"]: one["Value"] for one in _tags(moto)} == {"project": "shop", "environment": "prod"}
        assert deploy(spec, "--dry-run", "--against", "stack")[0] == {
            id_: "kept" if id_ == "CacheLogs" else "deleted" for id_ in more
        }
        assert deploy(spec.replace("services:\n", f"services:\n{CACHE}")) == ({}, "")


def test_repositories_of_two_environments_are_two_stacks(url: str, tmp_path: Path) -> None:
    """Neither has the other's, and what is not made any more is there nevertheless."""
    moto = Moto(url)
    prod = BUILT_ON_ECS.replace("111122223333", ACCOUNT)
    train = prod.replace("prod", "train").replace("registry:", "repositories: [shop/web]\n    registry:")
    train = train.replace(
        "services:\n", "services:\n  own: {image: shop/own:1, build: ., resources: {cpu: 0.25, memory: 512MiB}}\n"
    )

    def deploy(environment: str, text: str) -> dict[str, str]:
        project(tmp_path, **{environment: text})
        assert run("compile", environment, at=tmp_path).code == 0
        ran = run("deploy", environment, "--registry", "--format", "json", at=tmp_path)
        assert ran.code == 0, ran.out
        return {one["what"]: one["change"] for one in json.loads(ran.out)["changes"]}

    def there() -> set[str]:
        return {one["repositoryName"] for one in moto.client("ecr").describe_repositories()["repositories"]}

    with surroundings(tmp_path, AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="of", AWS_SECRET_ACCESS_KEY="nobody"):
        assert deploy("prod", prod) == {"image repository shop/web": "created"}
        assert deploy("train", train) == {"image repository shop/own": "created"}
        assert there() == {"shop/web", "shop/own"}
        assert deploy("prod", prod) == deploy("train", train) == {}
        renamed = train.replace("shop/own:1", "shop/new:1")
        assert deploy("train", renamed) == {"image repository shop/new": "created", "image repository shop/own": "kept"}
        assert there() >= {"shop/web", "shop/new"}


def _tags(moto: Moto) -> list[dict[str, str]]:
    (stack,) = moto.client("cloudformation").describe_stacks(StackName="shop-prod")["Stacks"]
    found: list[dict[str, str]] = stack["Tags"]
    return found
