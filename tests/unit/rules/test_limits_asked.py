"""What a container is held to, and what is said where a target cannot hold it to that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.compiling import compiled_text
from tests.fields import FIELD_CHANGES
from tests.strategies import as_text, targets_of
from twipc.diagnostics import Finding, Severity

_BASE = FIELD_CHANGES["nginx"]["service.image"][0]


def findings(target: str, fields: dict[str, object], **options: object) -> Sequence[Finding]:
    """What is found of one service with these fields, on one target with these options."""
    web = {"image": "shop/web:1", "resources": {"cpu": 0.25, "memory": "512MiB"}, **fields}
    spec = {**_BASE, "services": {"web": web}, "networks": {}, "volumes": {}, "secrets": {}}
    spec["targets"] = {target: {**targets_of(spec)[target], **options}}
    return compiled_text(as_text(spec)).findings


def told(target: str, fields: dict[str, object], **options: object) -> list[tuple[str, str | None]]:
    """Code and place of all that is more than a note."""
    found = findings(target, fields, **options)
    return [(one.code.id, one.at) for one in found if one.severity is not Severity.NOTE]


def lost_defaults(target: str, fields: dict[str, object], **options: object) -> str:
    found = findings(target, fields, **options)
    return "".join(one.message for one in found if one.code.id == "TW503")


@pytest.mark.parametrize(("target", "options"), [("swarm", {}), ("ecs", {"launch": "fargate"})])
def test_new_privileges_are_open_where_a_target_has_no_word_for_them(target: str, options: dict[str, object]) -> None:
    assert "services.web.no_new_privileges" in lost_defaults(target, {}, **options)
    assert told(target, {"no_new_privileges": True}, **options) == [("TW513", "services.web.no_new_privileges")]
    assert told(target, {"no_new_privileges": False}, **options) == []
    assert "services.web.no_new_privileges" not in lost_defaults(target, {"no_new_privileges": False}, **options)


@pytest.mark.parametrize(("target", "options"), [("compose", {}), ("compose-2.4", {}), ("ecs", {"launch": "ec2"})])
def test_new_privileges_are_shut_elsewhere(target: str, options: dict[str, object]) -> None:
    assert "services.web.no_new_privileges" not in lost_defaults(target, {}, **options)
    assert told(target, {"no_new_privileges": True}, **options) == []


@pytest.mark.parametrize(
    ("ulimits", "options", "lost"),
    [
        ({"nofile": 1024}, {"launch": "fargate"}, []),
        ({"nofile": 1024, "nproc": 64, "core": 0}, {"launch": "fargate"}, ["core", "nproc"]),
        ({"nofile": 1 << 31}, {"launch": "fargate"}, ["nofile"]),
        ({"nofile": 1024, "nproc": 64, "memlock": -1}, {"launch": "ec2"}, []),
        ({"fsize": (1 << 31) - 1, "data": {"soft": 1, "hard": 1 << 31}}, {"launch": "ec2"}, ["data"]),
    ],
)
def test_ecs_takes_limits_that_its_numbers_hold_and_fargate_one(
    ulimits: dict[str, object], options: dict[str, object], lost: list[str]
) -> None:
    found = told("ecs", {"ulimits": ulimits}, **options)
    assert sorted(found) == [("TW511", f"services.web.ulimits.{name}") for name in lost]
    for target in ("compose", "compose-2.4", "swarm"):
        assert told(target, {"ulimits": ulimits}) == []
