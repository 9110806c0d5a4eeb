"""Environments of one project keep out of each other's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import project, run, spec
from tests.compiling import ROOT

UNSAID = "    volumes: null\n"
SAID = "    volumes: {news: {file_system: fs-0a1b2c3d4e5f60718, access_point: fsap-0a1b2c3d4e5f60718}}\n"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample project, in which `public` mounts the journal of `prod`."""
    for folder in ("specs", "app/static"):
        (tmp_path / folder).mkdir(parents=True)
        for path in (ROOT / folder).glob("*.*"):
            (tmp_path / folder / path.name).write_bytes(path.read_bytes())
    public = tmp_path / "specs" / "public.yaml"
    assert UNSAID in public.read_text()
    public.write_text(public.read_text().replace(UNSAID, SAID))
    return tmp_path


@pytest.mark.parametrize("verb", ["lint", "compile"])
def test_two_environments_do_not_write_one_journal(sample: Path, verb: str) -> None:
    ran = run(verb, "--format", "json", at=sample)
    second = [finding for finding in ran.findings if finding["code"] == "TW401"]
    assert ran.code == 1
    assert [finding["message"] for finding in second] == [
        "`twip-prod` and `twip-public` would both write `fsap-0a1b2c3d4e5f60718`"
    ]
    assert second[0]["span"]["file"] == "specs/public.yaml"
    assert not (sample / "out").exists()


def test_what_was_written_before_stays(sample: Path) -> None:
    assert run("compile", "prod", at=sample).code == 0
    before = sorted(path for path in (sample / "out").rglob("*") if path.is_file())
    assert run("compile", at=sample).code == 1
    assert sorted(path for path in (sample / "out").rglob("*") if path.is_file()) == before


HYPHENS = ("prod", "eu-web", "prod-eu", "web")
"""Environment and service of two specs that come to one name."""


def two(folder: Path, targets: str, other: str = "", names: tuple[str, str, str, str] = HYPHENS) -> list[str]:
    """The messages on two services with one name."""
    resources = "resources: {cpu: 0.25, memory: 512MiB}"
    first, service, second, another = names
    one = spec(first, f"services:\n  {service}: {{image: shop/web:1, {resources}}}\n", targets)
    two_ = spec(second, f"services:\n  {another}: {{image: shop/web:1, {resources}}}\n", other or targets)
    ran = run("lint", "--format", "json", at=project(folder, **{first: one, second: two_}))
    return [finding["message"] for finding in ran.findings if finding["code"] == "TW471"]


ECS = (
    "{ecs: {launch: fargate, region: eu-west-1, cluster: shop, subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d], "
    'execution_role: "arn:aws:iam::111122223333:role/shop"}}'
)


@pytest.mark.parametrize(
    ("targets", "other", "what"),
    [
        ("{compose: {}}", "", "the container `shop-prod-eu-web-1`"),
        (ECS, "", "the task family `shop-prod-eu-web` in eu-west-1 of 111122223333"),
        ("{compose: {}, swarm: {}}", "{compose: {}, compose-2.4: {}}", "the container `shop-prod-eu-web-1`"),
        ("{swarm: {}}", "", None),
        ("{compose-2.4: {}}", "", None),
        ("{compose: {}}", "{swarm: {}}", None),
        (ECS, ECS.replace("eu-west-1", "eu-west-2"), None),
        (ECS, ECS.replace("111122223333", "444455556666"), None),
    ],
)
def test_services_of_two_environments_with_one_name_are_found_where_they_would_meet(
    tmp_path: Path, targets: str, other: str, what: str | None
) -> None:
    assert two(tmp_path, targets, other) == ([f"`shop-prod-eu` and `shop-prod` would both have {what}"] if what else [])


def test_services_of_two_environments_with_names_of_their_own_are_not(tmp_path: Path) -> None:
    assert two(tmp_path, "{compose: {}}", names=("prod", "web", "prod-eu", "web")) == []


HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
PUSHED = ECS.replace("}}", f", registry: {HOST}}}}}")


@pytest.mark.parametrize(
    ("targets", "other", "images", "count"),
    [
        (PUSHED, PUSHED, ("shop/web:1", "shop/web:2"), 1),
        (PUSHED, PUSHED, (f"{HOST}/shop/web:1", "shop/web:2"), 1),
        (PUSHED, PUSHED.replace(HOST, f"{HOST}/shop"), ("shop/web:1", "web:2"), 1),
        (PUSHED, PUSHED.replace(HOST, "111122223333.dkr-ecr.eu-west-1.on.aws"), ("shop/web:1", "shop/web:2"), 1),
        (PUSHED, PUSHED, ("shop/web:1", "shop/own:1"), 0),
        (PUSHED, PUSHED.replace("registry:", "repositories: [shop/web], registry:"), ("shop/web:1", "shop/web:2"), 0),
        (PUSHED.replace("registry:", "repositories: [shop/web], registry:"), PUSHED, ("shop/web:1", "shop/web:2"), 0),
        (PUSHED, PUSHED.replace("amazonaws.com", "amazonaws.com/team"), ("shop/web:1", "shop/web:2"), 0),
        (PUSHED, PUSHED.replace("eu-west-1", "eu-west-2"), ("shop/web:1", "shop/web:2"), 0),
        (PUSHED, PUSHED.replace("111122223333", "444455556666"), ("shop/web:1", "shop/web:2"), 0),
    ],
)
def test_a_repository_is_made_by_one_environment(
    tmp_path: Path, targets: str, other: str, images: tuple[str, str], count: int
) -> None:
    """The other one says that it is there, and both push to it."""
    specs = {
        name: spec(name, f"services:\n  web: {{image: {image}, build: ., resources: {{cpu: 0.25, memory: 512MiB}}}}\n", on)
        for name, image, on in zip(("prod", "train"), images, (targets, other), strict=True)
    }
    ran = run("lint", "--format", "json", at=project(tmp_path, **specs))
    found = [one for one in ran.findings if one["code"] == "TW472"]
    assert len(found) == count, ran.findings
    for one in found:
        assert (
            one["message"]
            == "`shop-prod` and `shop-train` would both make the repository `shop/web` of 111122223333 in eu-west-1"
        )
        assert one["help"] == "leave it to one of them: the other says `repositories: [shop/web]`"
        assert one["at"] == "services.web.image"


def test_an_environment_whose_options_are_wrong_says_just_that(tmp_path: Path) -> None:
    ran = run("lint", "--format", "json", at=project(tmp_path, prod=spec("prod", targets="{ecs: {region: x}}")))
    assert ran.code == 1
    assert {finding["code"] for finding in ran.findings} == {"TW202", "TW203"}
