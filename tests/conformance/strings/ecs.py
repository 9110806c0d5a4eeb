"""ECS has the strings: its task definitions are taken by botocore's validator, sent and read back by its own protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import botocore.parsers
import botocore.serialize
import botocore.session
from botocore.model import OperationModel
from botocore.validate import ParamValidator

from tests.compiling import Outcome
from tests.conformance.strings.containers import of_environment, of_health
from tests.conformance.strings.places import PLACES, Place, compiled, legal, project_of, services_with
from tests.conformance.strings.tally import Tally
from tests.strategies import Spec, targets_of

HERE = ("env", "command", "entrypoint", "health", "health: path", "working_dir", "labels", "mounts", "external: host")
"""Of the others: on Fargate volumes are EFS, files are in images, names are Cloud Map's, and secrets are no files."""


def _targets(spec: Spec) -> dict[str, Any]:
    return {"ecs": targets_of(spec)["ecs"]}


def _project(services: Mapping[str, Spec]) -> tuple[Spec, dict[str, str]]:
    # ECS starts again whatever ends, and wants to know how large it is.
    sized = {"restart": "always", "resources": {"cpu": 0.25, "memory": "512MiB"}}
    always = {name: {**service, **sized} for name, service in services.items()}
    spec, files = project_of(always, {})
    return {**spec, "targets": _targets(spec)}, files


def _asked(place: Place, words: Sequence[str]) -> Outcome:
    return compiled(*_project(services_with({place.field: words})))


def try_ecs(tally: Tally, words: Sequence[str]) -> None:
    places = [place for place in PLACES if place.field in HERE]
    carried: dict[str, list[str]] = {}
    for place in places:
        tried = list(words[: place.room * 150])
        carried[place.field] = legal(tried, partial(_asked, place), place.room)
        tally.refused("ecs", place.field, set(tried) - set(carried[place.field]))
    services = services_with(carried)
    outcome = compiled(*_project(services))
    assert outcome.compiled, [finding.message for finding in outcome.findings if finding.severity.value == "error"]
    texts = outcome.compiled[0].bundle.texts
    for name, service in services.items():
        container = _through_botocore(json.loads(texts[f"{name}.taskdef.json"]))["containerDefinitions"][0]
        said: Spec = {
            **of_environment({one["name"]: one["value"] for one in container.get("environment", ())}),
            **of_health(container.get("healthCheck", {}).get("command", [])[1:]),
            "command": container.get("command", []),
            "entrypoint": container.get("entryPoint", []),
            "working_dir": container.get("workingDirectory", ""),
            "labels": container.get("dockerLabels", {}),
            "mounts": [one["containerPath"] for one in container.get("mountPoints", ())],
        }
        for place in places:
            if place.field in service:
                tally.compare("ecs", place.field, place.strings(service[place.field]), place.strings(said[place.field]))


@cache
def _operation() -> OperationModel:
    return botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")


def _through_botocore(definition: dict[str, Any]) -> dict[str, Any]:
    """What AWS would answer to have registered: the request's own bytes, read as an answer."""
    operation = _operation()
    assert operation.input_shape
    assert operation.output_shape
    report = ParamValidator().validate(definition, operation.input_shape)
    assert not report.has_errors(), report.generate_report()
    sent = botocore.serialize.create_serializer("json").serialize_to_request(definition, operation)
    body = json.dumps({"taskDefinition": json.loads(sent["body"])}).encode()
    parser = botocore.parsers.create_parser("json")
    answer = parser.parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
    registered: dict[str, Any] = answer["taskDefinition"]
    return registered
