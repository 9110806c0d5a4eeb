"""Whoever brings a file of another tool is answered: every key that its own schema knows is one of a spec, or is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from tests.tools import tool
from twipc.spec.environment import Environment, Network, Secret, Volume
from twipc.spec.foreign import folded, words
from twipc.spec.health import Health, HttpHealth, Ready
from twipc.spec.noun import Noun
from twipc.spec.schedule import Dependency, Placement, Rollout
from twipc.spec.service import Build, Mount, Publish, Resources, SecretFile, Service
from twipc.spec.shape import fields

# fmt: off
NEWER_SERVICE = (
    "annotations", "attach", "cgroup", "develop", "env_file", "gpus", "label_file", "models", "post_start", "pre_stop",
    "provider", "pull_refresh_after", "use_api_socket", "uts",
)
"""What compose's specification has gained since docker-compose 1.29 (compose-spec/compose-spec at 00655e2)."""
CONTAINER = (
    "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports",
    "readinessProbe", "resizePolicy", "resources", "restartPolicy", "securityContext", "startupProbe", "stdin", "stdinOnce",
    "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir",
)
POD = (
    "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy",
    "enableServiceLinks", "ephemeralContainers", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers", "hostname",
    "imagePullSecrets", "initContainers", "nodeName", "nodeSelector", "os", "overhead", "preemptionPolicy", "priority",
    "priorityClassName", "readinessGates", "resourceClaims", "restartPolicy", "runtimeClassName", "schedulerName",
    "schedulingGates", "securityContext", "serviceAccount", "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace",
    "subdomain", "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes",
)
DEPLOYMENT = (
    "minReadySeconds", "paused", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "selector", "strategy",
    "template",
)
PROBE = (
    "exec", "failureThreshold", "grpc", "httpGet", "initialDelaySeconds", "periodSeconds", "successThreshold", "tcpSocket",
    "timeoutSeconds",
)
# fmt: on
"""The fields of Kubernetes' own kinds (its API reference, v1.30: Container, PodSpec, DeploymentSpec, Probe)."""


def unanswered(noun: type[Noun], theirs: Any) -> list[str]:
    known = {folded(name) for name in (*fields(noun), *noun.SHARED)} | set(words(noun.__name__))
    return sorted(word for word in theirs if folded(word) not in known)


def compose_schema() -> Path:
    """That of docker-compose 1.29, which lies beside it."""
    around = tool("docker-compose-1").resolve().parents[1]
    within = "lib/python3/dist-packages/compose/config/compose_spec.json"
    return next(path for path in (around / "docker-compose-1/usr" / within, around / within) if path.exists())


def test_every_key_of_a_compose_file_is_answered() -> None:
    schema = json.loads(compose_schema().read_text())
    kinds = schema["definitions"]
    service = kinds["service"]["properties"]

    def long(field: str) -> Any:
        """The keys of the long form of what a field lists."""
        some = [service[field], *service[field].get("oneOf", ()), *service[field].get("items", {}).get("oneOf", ())]
        return next(one["properties"] for one in some if "properties" in one)

    assert unanswered(Environment, [*schema["properties"], "name", "include", "models"]) == []
    assert unanswered(Service, [*service, *NEWER_SERVICE]) == []
    assert unanswered(Service, kinds["deployment"]["properties"].keys() - {"mode"}) == []
    assert unanswered(Health, [*kinds["healthcheck"]["properties"], "start_interval"]) == []
    assert unanswered(Rollout, kinds["deployment"]["properties"]["update_config"]["properties"]) == []
    assert unanswered(Placement, kinds["deployment"]["properties"]["placement"]["properties"]) == []
    assert (
        unanswered(Resources, [*kinds["deployment"]["properties"]["resources"]["properties"], "cpus", "memory", "pids"]) == []
    )
    assert unanswered(Build, long("build")) == []
    assert unanswered(Publish, long("ports")) == []
    assert unanswered(Mount, long("volumes").keys() - {"volume"}) == []
    assert unanswered(SecretFile, long("secrets")) == []
    assert unanswered(Dependency, ["condition", "restart", "required"]) == []
    for noun, kind in ((Volume, "volume"), (Network, "network"), (Secret, "secret")):
        assert unanswered(noun, kinds[kind]["properties"]) == []


def test_every_field_of_a_task_definition_and_of_a_service_of_ecs_is_answered() -> None:
    ecs: Any = botocore.session.get_session().get_service_model("ecs")

    def members(shape: str) -> Any:
        return ecs.shape_for(shape).members

    assert unanswered(Environment, members("RegisterTaskDefinitionRequest")) == []
    assert unanswered(Service, members("ContainerDefinition")) == []
    assert unanswered(Service, members("CreateServiceRequest")) == []
    assert unanswered(Health, members("HealthCheck")) == []
    assert unanswered(Mount, members("MountPoint")) == []
    assert unanswered(Publish, members("PortMapping")) == []


@pytest.mark.parametrize(
    ("noun", "theirs"), [(Service, CONTAINER), (Service, POD), (Service, DEPLOYMENT), (Health, PROBE), (Ready, PROBE)]
)
def test_every_field_of_a_manifest_is_answered(noun: type[Noun], theirs: tuple[str, ...]) -> None:
    assert unanswered(noun, theirs) == []


def test_every_field_of_a_probe_that_asks_by_http_is_answered() -> None:
    assert unanswered(HttpHealth, ("host", "httpHeaders", "path", "port", "scheme")) == []
