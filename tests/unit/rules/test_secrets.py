"""A secret reaches who uses it, or a finding says why not."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

ECS = """{launch: fargate, region: eu-west-1, cluster: shop, subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d],
    execution_role: "arn:aws:iam::111122223333:role/shop"}"""


def found(target: str, use: str, said: str, accept: str = "[]") -> list[tuple[str, str, str]]:
    text = (
        f"twipc: 1\nproject: shop\nenvironment: prod\ntargets: {{{target}: {ECS if target == 'ecs' else '{}'}}}\nservices:\n"
        f"  web: {{image: shop/web:1, resources: {{cpu: 0.25, memory: 512MiB}}, {use}}}\n"
        f"secrets: {{key: {said}}}\naccept: {accept}\n"
    )
    findings = compiled_text(text).findings
    return [(one.code.id, one.at, one.help or "") for one in findings if one.severity.value == "error"]


FILE, VARIABLE = "secrets: [key]", "env: {KEY: {secret: key}}"
ARN = '{ecs: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key"}'


@pytest.mark.parametrize(
    ("target", "use", "lacking", "there"),
    [
        ("compose", FILE, "{swarm: shop-key}", "{file: .secrets/key}"),
        ("compose-2.4", FILE, "{swarm: shop-key}", "{file: .secrets/key}"),
        ("swarm", FILE, "{file: .secrets/key}", "{swarm: shop-key}"),
        ("ecs", VARIABLE, "{file: .secrets/key}", ARN),
    ],
)
def test_a_secret_that_a_target_cannot_find_is_a_mistake(target: str, use: str, lacking: str, there: str) -> None:
    assert [(code, at) for code, at, _ in found(target, use, lacking)] == [("TW435", "secrets.key")]
    assert not found(target, use, there)
    # Nothing would be left of it to compile.
    accepted = f"[{{code: TW435, at: secrets.key, target: {target}, because: none}}]"
    assert [code for code, *_ in found(target, use, lacking, accepted)] == ["TW435"]


@pytest.mark.parametrize(("target", "use", "at"), [
    ("compose", VARIABLE, "services.web.env.KEY"),
    ("compose-2.4", VARIABLE, "services.web.env.KEY"),
    ("swarm", VARIABLE, "services.web.env.KEY"),
    ("ecs", FILE, "services.web.secrets"),
])  # fmt: skip
def test_a_way_that_a_target_lacks_is_a_loss_said_once(target: str, use: str, at: str) -> None:
    nowhere = "{}"
    assert [(code, where) for code, where, _ in found(target, use, nowhere)] == [("TW515", at)]
    assert not found(target, use, nowhere, f"[{{code: TW515, at: {at}, target: {target}, because: once}}]")
