"""Images are pushed and locked, against an engine that is played; what the lock says is in every artifact."""

from __future__ import annotations

import json
import stat
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.cli import project, run, spec
from tests.cli.docker import Docker

BODY = """\
services:
  web: {image: "shop/web:1", build: app}
  also: {image: "shop/web:1", build: app}
  own: {image: "ghcr.io/shop/own:1", build: app}
  theirs: {image: "other/db:1"}
"""
REGISTRY = "127.0.0.1:5000"
TARGETS = "{compose: {}, compose-2.4: {}, swarm: {registry: registry.example.com/shop}}"
PUSHED = [f"{REGISTRY}/shop/web:1", "ghcr.io/shop/own:1", "registry.example.com/shop/shop/web:1"]


def digest(name: str) -> str:
    """As the played registry has it."""
    return f"sha256:{sha256(name.encode()).hexdigest()}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return project(tmp_path, prod=spec("prod", BODY, TARGETS))


def images(shop: Path, target: str, file: str) -> list[str]:
    """Those that an artifact names, each once."""
    lines = (shop / "out" / "prod" / target / file).read_text().splitlines()
    return list(dict.fromkeys(line.split('"')[1] for line in lines if line.lstrip().startswith("image:")))


def test_what_is_built_here_is_pushed_and_locked_and_nothing_else(engine: Docker, shop: Path) -> None:
    ran = run("pack", "prod", "--registry", REGISTRY, at=shop)
    assert ran.code == 0, ran.out + ran.err
    assert engine.changes() == [
        f"image tag shop/web:1 {REGISTRY}/shop/web:1",
        "image tag shop/web:1 registry.example.com/shop/shop/web:1",
        *(f"image push {name}" for name in PUSHED),
    ]
    lock = (shop / "specs" / "prod.lock").read_text()
    assert [line for line in lock.splitlines() if not line.startswith("#")] == [
        "lock: 1",
        f'registry: "{REGISTRY}"',
        "images:",
        *(f'  "{name}": "{digest(name)}"' for name in PUSHED),
    ]
    assert "written; next: `twipc compile prod`" in ran.err
    again = run("pack", "prod", "--registry", REGISTRY, at=shop)
    assert (again.code, "specs/prod.lock: as it was" in again.err) == (0, True)
    assert (shop / "specs" / "prod.lock").read_text() == lock
    assert stat.S_IMODE((shop / "specs" / "prod.lock").stat().st_mode) == 0o644


@pytest.mark.usefixtures("engine")
def test_artifacts_name_what_is_locked_and_are_stale_without_it(shop: Path) -> None:
    assert run("compile", at=shop).code == 0
    assert run("pack", "prod", "--registry", REGISTRY, at=shop).code == 0
    assert "TW701" in run("compile", "--check", "--format", "json", at=shop).codes
    assert run("verify", at=shop).code == 1
    assert run("compile", at=shop).code == 0
    own, web = (f"{name}@{digest(name)}" for name in ("ghcr.io/shop/own:1", PUSHED[0]))
    for target in ("compose", "compose-2.4"):
        assert images(shop, target, "docker-compose.yml") == [web, own, "other/db:1"]
    assert images(shop, "swarm", "docker-stack.yml") == [f"{PUSHED[2]}@{digest(PUSHED[2])}", own, "other/db:1"]
    assert (run("verify", at=shop).code, run("lint", "--strict", at=shop).out.count("TW64")) == (0, 0)
    listed = run("images", "prod", "--format", "json", at=shop)
    assert [one["image"] for one in json.loads(listed.out)["images"]] == [web, own, "other/db:1"]
    lock = shop / "specs" / "prod.lock"
    lock.write_text(lock.read_text().replace(digest(PUSHED[0]), digest("another")))
    assert "TW701" in run("compile", "--check", "--format", "json", at=shop).codes
    assert run("verify", at=shop).code == 1
    lock.unlink()
    assert "TW701" in run("compile", "--check", "--format", "json", at=shop).codes


def test_up_shows_what_it_would_run_and_leaves_pulling_to_the_engine(engine: Docker, shop: Path) -> None:
    run("pack", "prod", "--registry", REGISTRY, at=shop)
    run("compile", at=shop)
    unknown = "manifest unknown"
    engine.change(images={"other/db:1": "sha256:1"}, fails={"up": [1, unknown]}, asked=[])
    ran = run("up", "prod", "--dry-run", at=shop)
    assert ran.code == 0, ran.out
    assert f"# web runs {PUSHED[0]}@{digest(PUSHED[0])}\n" in ran.out
    asked = run("up", "prod", "--format", "json", at=shop)
    assert (asked.code, asked.codes, unknown in asked.out) == (3, ["TW615"], True)
    assert engine.changes() == ["compose up --remove-orphans"]


def test_a_dry_run_asks_no_engine(engine: Docker, shop: Path) -> None:
    engine.change(engine="down")
    ran = run("pack", "prod", "--registry", REGISTRY, "--dry-run", at=shop)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == f"docker image push -- {PUSHED[2]}  # push {PUSHED[2]}"
    assert not (shop / "specs" / "prod.lock").exists()
    assert engine.state["asked"] == []


@pytest.mark.parametrize("said", ["denied: requested access to the resource is denied", "connection refused"])
def test_a_push_that_fails_leaves_the_lock_as_it_was(engine: Docker, shop: Path, said: str) -> None:
    run("pack", "prod", "--registry", REGISTRY, at=shop)
    lock = (shop / "specs" / "prod.lock").read_bytes()
    engine.change(fails={f"push -- {PUSHED[1]}": [1, said]})
    ran = run("pack", "prod", "--registry", REGISTRY, at=shop)
    assert (ran.code, "error[TW615]" in ran.out, said in ran.out) == (3, True, True)
    assert f"pushed so far: {PUSHED[0]}; specs/prod.lock stays as it is" in ran.err
    assert ("`docker login ghcr.io`" in ran.out) == said.startswith("denied")
    assert (shop / "specs" / "prod.lock").read_bytes() == lock


def test_a_repository_that_nobody_made_is_made_first(engine: Docker, shop: Path) -> None:
    said = "name unknown: The repository with name 'shop/web' does not exist in the registry with id '111122223333'"
    engine.change(fails={f"push -- {PUSHED[0]}": [1, said]})
    ran = run("pack", "prod", "--registry", REGISTRY, at=shop)
    assert (ran.code, "those of ECR `twipc deploy ENV --registry` makes" in ran.out) == (3, True)


TAKEN = (
    "tag invalid: The image tag '1' already exists in the 'own' repository and cannot be overwritten because it is immutable."
)


@pytest.mark.parametrize(
    ("there", "known"),
    [
        (["ghcr.io/shop/own@sha256:" + 64 * "b"], True),
        (["ghcr.io/shop/own@sha256:" + 64 * "b", "ghcr.io/shop/own@sha256:" + 64 * "c"], False),
        (["ghcr.io/shop/owner@sha256:" + 64 * "b"], False),
        ([], False),
        (None, False),
    ],
)
def test_where_no_tag_is_moved_what_was_pushed_before_is_there(
    engine: Docker, shop: Path, there: list[str] | None, known: bool
) -> None:
    engine.change(fails={f"push -- {PUSHED[1]}": [1, TAKEN]}, digests=there)
    ran = run("pack", "prod", "--registry", REGISTRY, at=shop)
    if known:
        assert ran.code == 0, ran.out + ran.err
        assert f'"{PUSHED[1]}": "sha256:{64 * "b"}"' in (shop / "specs" / "prod.lock").read_text()
    else:
        assert (ran.code, "error[TW615]" in ran.out, "a tag of its own" in ran.out) == (3, True, True)
        assert not (shop / "specs" / "prod.lock").exists()


@pytest.mark.parametrize(
    ("scene", "code", "exits"),
    [({"engine": "down"}, "TW611", 3), ({"images": {}}, "TW623", 1), ({"owner": "another"}, "TW643", 1)],
)
def test_what_cannot_be_packed_is_told_before_anything_is_pushed(
    engine: Docker, shop: Path, scene: dict[str, object], code: str, exits: int
) -> None:
    engine.change(**scene)
    ran = run("pack", "prod", "--registry", REGISTRY, "--format", "json", at=shop)
    assert (ran.code, set(ran.codes)) == (exits, {code})
    assert engine.changes() == []


@pytest.mark.usefixtures("engine")
def test_without_a_registry_nothing_goes_to_the_hub(shop: Path) -> None:
    ran = run("pack", "prod", "--format", "json", at=shop)
    assert (ran.code, ran.codes) == (1, ["TW642"])
    assert run("pack", "prod", "--registry", "https://hub", at=shop).code == 2
    assert run("pack", "prod", "--registry", "hub", at=shop).code == 2
    # What has a registry of its own is packed alone, and where it was packed once need not be said again.
    assert run("pack", "prod", "--target", "swarm", at=shop).code == 0
    assert run("pack", "prod", "--registry", REGISTRY, at=shop).code == 0
    assert run("pack", "prod", at=shop).code == 0


def test_what_other_targets_run_stays_locked_and_what_nothing_runs_goes(engine: Docker, shop: Path) -> None:
    run("pack", "prod", "--registry", REGISTRY, at=shop)
    project(shop, prod=spec("prod", BODY.replace("own:1", "own:2"), TARGETS))
    assert sorted(run("lint", "--format", "json", at=shop).codes)[-2:] == ["TW640", "TW641"]
    engine.change(asked=[])
    assert run("pack", "prod", "--target", "swarm", at=shop).code == 0
    assert [change.split()[-1] for change in engine.changes() if "push" in change] == ["ghcr.io/shop/own:2", PUSHED[2]]
    lock = (shop / "specs" / "prod.lock").read_text()
    assert [name in lock for name in (*PUSHED, "ghcr.io/shop/own:2")] == [True, False, True, True]
    assert not {"TW640", "TW641"} & set(run("lint", "--format", "json", at=shop).codes)


@pytest.mark.parametrize(
    ("lock", "code"),
    [
        ("", "TW105"),
        ("lock: 2\n", "TW202"),
        ("lock: true\n", "TW202"),
        ("images: {}\n", "TW203"),
        ("lock: 1\nimages: {x/y:1: latest}\n", "TW202"),
        ("lock: 1\nimages: {'x y': sha256:" + "a" * 64 + "}\n", "TW202"),
        ("lock: 1\nregistry: hub\n", "TW202"),
        ("lock: 1\nmore: 1\n", "TW201"),
        ("lock: [\n", "TW101"),
    ],
)
def test_a_lock_that_makes_no_sense_is_told_at_its_place(shop: Path, lock: str, code: str) -> None:
    (shop / "specs" / "prod.lock").write_text(lock)
    ran = run("compile", "--format", "json", at=shop)
    wrong = [one for one in ran.findings if one["severity"] == "error"]
    assert (ran.code, [(one["code"], one["span"]["file"]) for one in wrong]) == (1, [(code, "specs/prod.lock")])
    assert not (shop / "out").exists()


def test_a_build_is_called_what_the_artifacts_call_it(engine: Docker, shop: Path) -> None:
    project(shop, prod=spec("prod", BODY, "{compose: {registry: registry.example.com}}"))
    assert run("build", "prod", "web", at=shop).code == 0
    assert engine.changes() == [
        "build --tag shop/web:1 --tag registry.example.com/shop/web:1 --label io.twipc.project=shop app"
    ]


def test_an_interrupted_pack_tells_what_was_pushed_and_leaves_the_lock(engine: Docker, shop: Path) -> None:
    run("pack", "prod", "--registry", REGISTRY, at=shop)
    lock = (shop / "specs" / "prod.lock").read_bytes()
    engine.change(asked=[])
    with patch("twipc.cli.pack.Packing._push", side_effect=[digest(PUSHED[0]), KeyboardInterrupt]):
        ran = run("pack", "prod", at=shop)
    assert (ran.code, ran.err.splitlines()[-1]) == (130, "twipc: interrupted")
    assert f"pushed so far: {PUSHED[0]}; specs/prod.lock stays as it is" in ran.err
    assert (shop / "specs" / "prod.lock").read_bytes() == lock
    assert run("pack", "prod", at=shop).code == 0


@pytest.mark.usefixtures("engine")
def test_a_lock_that_cannot_be_written_is_told_with_its_place(shop: Path) -> None:
    (shop / "specs" / "prod.lock").mkdir()
    ran = run("pack", "prod", "--registry", REGISTRY, at=shop)
    assert (ran.code, "not written: " in ran.err, "prod.lock" in ran.err) == (4, True, True)
    assert sorted(path.name for path in (shop / "specs").iterdir()) == ["prod.lock", "prod.yaml"]


def test_a_target_that_a_spec_does_not_have_is_wrong_usage(shop: Path) -> None:
    ran = run("pack", "prod", "--target", "ecs", at=shop)
    assert ran.code == 2
    assert "add it there" in ran.err
    assert "--out" not in ran.err


@pytest.mark.usefixtures("engine")
def test_where_nothing_is_built_there_is_nothing_to_pack(shop: Path) -> None:
    project(shop, prod=spec("prod", 'services: {web: {image: "other/db:1"}}\n'))
    ran = run("pack", "prod", at=shop)
    assert (ran.code, "nothing to pack" in ran.err) == (0, True)
    assert not (shop / "specs" / "prod.lock").exists()


@pytest.mark.parametrize("registry", ["127.0.0.1:70000", "r.example:0/shop"])
def test_a_registry_has_the_port_of_one(registry: str, shop: Path) -> None:
    ran = run("pack", "prod", "--registry", registry, at=shop)
    assert ran.code == 2
    assert "is not a port: a registry listens on 1 to 65535" in ran.err
