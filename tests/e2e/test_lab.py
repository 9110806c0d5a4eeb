"""The lab itself: what it has and keeps."""

from __future__ import annotations

import pytest

from tests.e2e.lab import Lab

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]


def test_a_registry_keeps_what_is_pushed_to_it(lab: Lab) -> None:
    docker = lab.engine.docker
    with lab.registry() as registry:
        name = f"{registry}/twip/static:1.0.0"
        docker("tag", "twip/static:1.0.0", name)
        docker("push", "--quiet", name)
        (pushed,) = lab.engine.inspect("image", [name])
        (digest,) = (one for one in pushed["RepoDigests"] if one.startswith(registry))
        docker("image", "rm", name)
        docker("pull", "--quiet", digest)
        (pulled,) = lab.engine.inspect("image", [digest])
        docker("image", "rm", digest)
    assert pulled["Id"] == pushed["Id"]


def test_images_of_the_application_are_for_nobody_in_particular(lab: Lab) -> None:
    built = {name: lab.engine.inspect("image", [name])[0]["Config"] for name in ("twip/web:1.0.0", "twip/static:1.0.0")}
    assert {name: config["User"] for name, config in built.items()} == {
        "twip/web:1.0.0": "10001:10001",
        "twip/static:1.0.0": "101:101",
    }
    # No shell stands between the engine and the program.
    assert built["twip/web:1.0.0"]["Cmd"][0] == "java"
