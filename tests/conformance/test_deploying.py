"""`twipc deploy` to an account that moto plays: it makes there what the template says, and a second time it is at rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import project, run
from tests.cli.scenes import ON_ECS
from tests.cli.stand_in_aws import surroundings
from tests.conformance.moto import Moto, server

pytestmark = pytest.mark.xdist_group("moto")
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


def _tags(moto: Moto) -> list[dict[str, str]]:
    (stack,) = moto.client("cloudformation").describe_stacks(StackName="shop-prod")["Stacks"]
    found: list[dict[str, str]] = stack["Tags"]
    return found
