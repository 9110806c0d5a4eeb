"""`twipc deploy --dry-run`: what it prints, what it is told, and what it refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli import project, run
from tests.on_ecs import BUILT_ON_ECS, ON_ECS


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    project(tmp_path, prod=ON_ECS)
    assert run("compile", at=tmp_path).code == 0
    return tmp_path


def running(folder: Path, old: str = "", new: str = "") -> str:
    """The template of what runs, in a file."""
    text = (folder / "out" / "prod" / "ecs" / "template.json").read_text()
    assert old in text
    (folder / "running.json").write_text(text.replace(old, new) if old else text)
    return "running.json"


def test_where_nothing_is_said_to_run_everything_is_created(shop: Path) -> None:
    ran = run("deploy", "prod", "--dry-run", at=shop)
    assert ran.code == 0
    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["CHANGE", "RESOURCE"],
        ["created", "DbLogs"],
        ["created", "DbService"],
        ["created", "DbTask"],
    ]
    assert ran.err == (
        "nothing is known to run: shop-prod as if it were new; --against says what runs\nshop-prod: 3 to create; no outage\n"
    )


def test_a_change_is_told_with_its_place_in_the_spec_and_what_it_means(shop: Path) -> None:
    ran = run("deploy", "prod", "--dry-run", "--against", running(shop, "shop/db:1", "shop/db:0"), at=shop)
    assert ran.code == 0
    assert (
        ran.out
        == """\
CHANGE    RESOURCE   WHAT                   WHAT IT MEANS
replaced  DbTask     task definition of db  a new revision; the old one is deregistered at the end
    services.db.image: ContainerDefinitions Image was shop/db:0, is shop/db:1
updated   DbService  service db             stop first: an outage while the old task ends (in 15 s at most) and the new one is \
fetched, started and ready
    TaskDefinition refers to DbTask, which is another
"""
    )
    assert ran.err == "shop-prod: 1 to replace, 1 to update; an outage of `db`\n"


def test_the_same_is_no_change(shop: Path) -> None:
    ran = run("deploy", "prod", "--dry-run", "--against", running(shop), at=shop)
    assert (ran.code, ran.out, ran.err) == (0, "", "shop-prod: nothing is to change\n")


def test_json_has_all_of_it(shop: Path) -> None:
    against = running(shop, "shop/db:1", "shop/db:0")
    said = json.loads(run("deploy", "prod", "--dry-run", "--against", against, "--format", "json", at=shop).out)
    assert (said["environment"], said["target"], said["against"]) == ("prod", "ecs", "running.json")
    assert [(one["resource"], one["change"], one["interruption"]) for one in said["changes"]] == [
        ("DbTask", "replaced", "none"),
        ("DbService", "updated", "outage"),
    ]
    assert said["changes"][0]["causes"] == [
        {"at": "services.db.image", "said": "ContainerDefinitions Image was shop/db:0, is shop/db:1"}
    ]


def test_a_revision_says_what_ran(shop: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=shop, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    (shop / "specs" / "prod.yaml").write_text(ON_ECS.replace("shop/db:1", "shop/db:2"))
    assert run("compile", at=shop).code == 0
    ran = run("deploy", "prod", "--dry-run", "--against", "HEAD", at=shop)
    assert "services.db.image: ContainerDefinitions Image was shop/db:1, is shop/db:2" in ran.out
    shutil.rmtree(shop / "out" / "prod" / "ecs")
    assert run("compile", at=shop).code == 0
    git("rm", "-rq", "--cached", "out")
    git("commit", "-qm", "two")
    absent = run("deploy", "prod", "--dry-run", "--against", "HEAD", at=shop)
    assert (absent.code, "there is no out/prod/ecs/template.json in HEAD" in absent.err) == (2, True)


@pytest.mark.parametrize(
    ("against", "said"),
    [
        ("nowhere", "there is no file `nowhere`, and"),
        ("--upload-pack=x", "is no revision"),
        ("", "--against is empty"),
        ("specs/prod.yaml", "what runs is no template: it is no JSON"),
        ("specs", "there is no file `specs`, and"),
    ],
)
def test_what_runs_is_asked_for_again_where_it_is_none(shop: Path, against: str, said: str) -> None:
    ran = run("deploy", "prod", "--dry-run", f"--against={against}", at=shop)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_what_is_stale_is_compiled_first(shop: Path) -> None:
    (shop / "specs" / "prod.yaml").write_text(ON_ECS.replace("shop/db:1", "shop/db:2"))
    ran = run("deploy", "prod", "--dry-run", "--format", "json", at=shop)
    assert (ran.code, ran.codes) == (1, ["TW701", "TW701"])


@pytest.mark.parametrize(
    ("targets", "asked", "said"),
    [
        ("{compose: {}}", (), "prod has no target that twipc deploys (ecs); `twipc up prod` runs its compose"),
        ("{compose: {}}", ("--target", "compose"), "`compose` is run by `twipc up prod --target compose`; deployed is: ecs"),
        ("{compose: {}}", ("--target", "ecs"), "prod has no target that twipc deploys (ecs); `twipc up prod` runs its compose"),
        ("{compose: {}}", ("--target", "nginx"), "`nginx` is not a target that twipc deploys; those are: ecs"),
        ("{compose: {}}", ("--target", "no\nsuch"), "is not a target that twipc deploys"),
    ],
)
def test_who_runs_another_target_is_told_its_verb(tmp_path: Path, targets: str, asked: tuple[str, ...], said: str) -> None:
    text = f"twipc: 1\nproject: shop\nenvironment: prod\ntargets: {targets}\nservices: {{web: {{image: shop/web:1}}}}\n"
    project(tmp_path, prod=text)
    ran = run("deploy", "prod", "--dry-run", *asked, at=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_spec_with_mistakes_is_not_deployed(tmp_path: Path) -> None:
    project(tmp_path, prod=ON_ECS.replace("{/data: news}", "{/data: old}"))
    ran = run("deploy", "prod", "--dry-run", "--format", "json", at=tmp_path)
    assert (ran.code, "TW304" in ran.codes) == (1, True)


def test_a_secret_in_a_name_is_covered(shop: Path) -> None:
    token = "ghp_" + "a1B2c3D4" * 5
    against = running(shop, "shop/db:1", f"shop/{token}:1")
    assert token not in run("deploy", "prod", "--dry-run", "--against", against, at=shop).out


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A project whose images go to repositories of ECR."""
    project(tmp_path, prod=BUILT_ON_ECS)
    assert run("compile", at=tmp_path).code == 0
    return tmp_path


def test_the_repositories_come_first(built: Path) -> None:
    ran = run("deploy", "prod", "--registry", "--dry-run", at=built)
    assert ran.code == 0
    assert (
        ran.out
        == """\
CHANGE   RESOURCE            WHAT                       WHAT IT MEANS
created  ShopQswebRepository  image repository shop/web  empty: `twipc pack` pushes to it
""".replace("RESOURCE            WHAT", "RESOURCE             WHAT")
    )
    assert ran.err.endswith("shop-prod-registry: 1 to create; no outage\n")
    services = run("deploy", "prod", "--dry-run", at=built)
    assert "before it: `twipc deploy prod --registry` makes its repositories, `twipc pack prod` pushes" in services.err
    assert "Repository" not in services.out


def test_a_repository_that_nobody_wants_stays(built: Path) -> None:
    before = (built / "out" / "prod" / "ecs" / "registry.template.json").read_text()
    (built / "running.json").write_text(before)
    (built / "specs" / "prod.yaml").write_text(BUILT_ON_ECS.replace("shop/web:1", "shop/next:1"))
    assert run("compile", at=built).code == 0
    ran = run("deploy", "prod", "--registry", "--dry-run", "--against", "running.json", "--format", "json", at=built)
    said = json.loads(ran.out)
    assert (ran.code, said["stack"]) == (0, "shop-prod-registry")
    assert [(one["change"], one["what"]) for one in said["changes"]] == [
        ("created", "image repository shop/next"),
        ("kept", "image repository shop/web"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (", build: .", "", "no image of it is built here"),
        ("shop/web:1", "ghcr.io/shop/web:1", "it names no `registry`"),
        ("registry: 1111", "repositories: [shop/web]\n    registry: 1111", "`repositories` says that all of them are there"),
        (
            "registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            "registry: ghcr.io/shop",
            "`ghcr.io/shop` is no ECR of its own account in eu-west-1",
        ),
    ],
)
def test_where_there_are_no_repositories_it_says_why(tmp_path: Path, old: str, new: str, why: str) -> None:
    text = BUILT_ON_ECS.replace(old, new)
    assert text != BUILT_ON_ECS
    if "shop/web" in old or "build" in old:
        text = text.replace("    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com\n", "")
    project(tmp_path, prod=text)
    run("compile", at=tmp_path)
    ran = run("deploy", "prod", "--registry", "--dry-run", "--format", "json", at=tmp_path)
    assert (ran.code, ran.codes) == (1, ["TW710"])
    assert ran.findings[0]["message"] == f"shop-prod has no registry.template.json: {why}"
    assert "before it" not in run("deploy", "prod", "--dry-run", at=tmp_path).err


def test_a_template_of_another_environment_is_no_past_of_this_one(built: Path) -> None:
    (built / "specs" / "train.yaml").write_text(
        BUILT_ON_ECS.replace("prod", "train").replace("registry:", "repositories: [shop/web]\n    registry:")
    )
    assert run("compile", at=built).code == 0
    ran = run("deploy", "prod", "--dry-run", "--against", "out/train/ecs/template.json", "--format", "json", at=built)
    assert (ran.code, ran.codes) == (1, ["TW720"])
    assert ran.findings[0]["message"] == (
        "`out/train/ecs/template.json` is a template of the environment `train` of the project `shop`, "
        "and `shop-prod` does not run by it"
    )
    assert "changes" not in json.loads(ran.out)
    for more, file, said in (
        ((), "registry.template.json", "is the template of its repositories, and `shop-prod` does"),
        (("--registry",), "template.json", "is the template of its services, and `shop-prod-registry` does"),
    ):
        ran = run("deploy", "prod", "--dry-run", *more, "--against", f"out/prod/ecs/{file}", at=built)
        assert (ran.code, said in ran.out) == (1, True)
