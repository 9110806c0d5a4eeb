"""Scenes that raise the codes which no spec alone can: what is done to a project, and the run that finds it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner

from tests.cli import run
from tests.cli.docker import Docker, docker
from tests.cli.stand_in_aws import aws, stack, surroundings
from tests.fields import FIELD_CHANGES
from tests.limits import EXAMPLES
from tests.on_ecs import BUILT_ON_ECS, ON_ECS
from tests.strategies import PAGES, Spec, as_text, targets_of
from twipc.cli import cli
from twipc.run import Engine, alone

Scene = Callable[[Path], list[str]]


def project(folder: Path, spec: str | bytes) -> Path:
    """A project with one spec, and the pages that examples name; gives the spec's path."""
    path = folder / "specs" / "prod.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(spec if isinstance(spec, bytes) else spec.encode())
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return path


def found(folder: Path, *arguments: str, after: tuple[str, ...] = ()) -> list[str]:
    """The codes that a run of the command line finds; what comes `after` stands behind the environment."""
    spec = str(folder / "specs" / "prod.yaml")
    ran = CliRunner().invoke(cli, [*arguments, "--format", "json", spec, *after], prog_name="twipc")
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return [finding["code"] for finding in json.loads(ran.stdout)["findings"]]


def spec_on(target: str, **service: object) -> Spec:
    """The rich spec of the field laws on one target, with fields of its `web` replaced."""
    spec: Spec = json.loads(json.dumps(FIELD_CHANGES["haproxy"]["service.image"][0]))
    spec["services"]["web"] |= service
    return {**spec, "targets": {target: targets_of(spec)[target]}}


def including(name: str, **files: str) -> Scene:
    """A configuration of nginx that includes others."""

    def scene(folder: Path) -> list[str]:
        for file, text in files.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(text)
        (folder / "nginx.conf").write_text(f"events {{}} http {{ include {name}; server {{ listen 80; }} }}")
        return run("routes", "nginx.conf", "--format", "json", at=folder).codes

    return scene


def linted(spec: Spec | str | bytes) -> Scene:
    def scene(folder: Path) -> list[str]:
        project(folder, as_text(spec) if isinstance(spec, dict) else spec)
        return found(folder, "lint")

    return scene


def unread(folder: Path) -> list[str]:
    """A folder among the specs."""
    project(folder, SMALL)
    (folder / "specs" / "late.yaml").mkdir()
    return run("lint", "--format", "json", at=folder).codes


def untaken(folder: Path) -> list[str]:
    """An environment that does not say so."""
    project(folder, SMALL)
    (folder / "specs" / "late.yaml").write_text(SMALL.replace("environment: prod\n", ""))
    return run("lint", "--format", "json", at=folder).codes


SMALL = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  web: {image: "shop/web:1", replicas: 3}
"""
EDGE = """\
  edge:
    http:
      engine: {{name: {}, version: "{}"}}
      listen: 8080
      default: {{status: 404}}
"""
NGINX_READY = {
    **json.loads(json.dumps(FIELD_CHANGES["nginx"]["service.image"][0])),
    "targets": {"compose": {}},
}


def compiled(folder: Path) -> Path:
    project(folder, SMALL)
    assert found(folder, "compile") == []
    return folder / "out" / "prod" / "compose" / "docker-compose.yml"


def edited(change: Callable[[str], str], *arguments: str) -> Scene:
    """A committed artifact changed by hand, then looked at."""

    def scene(folder: Path) -> list[str]:
        artifact = compiled(folder)
        before = artifact.read_text()
        assert change(before) != before
        artifact.write_text(change(before))
        return found(folder, *arguments)

    return scene


def removed(*arguments: str) -> Scene:
    def scene(folder: Path) -> list[str]:
        compiled(folder).unlink()
        return found(folder, *arguments)

    return scene


def stale(folder: Path) -> list[str]:
    compiled(folder)
    project(folder, SMALL.replace("replicas: 3", "replicas: 4"))
    return found(folder, "compile", "--check")


def orphaned(folder: Path) -> list[str]:
    project(folder, SMALL.replace("{compose: {}}", "{compose: {}, swarm: {}}"))
    assert "TW503" in found(folder, "compile")
    project(folder, SMALL)
    # Checking takes an environment by its file, and still looks at all that was written for it.
    return found(folder, "compile", "--check")


def foreign(folder: Path) -> list[str]:
    artifact = folder / "out" / "prod" / "compose" / "docker-compose.yml"
    artifact.parent.mkdir(parents=True)
    artifact.write_text("services: {}\n")
    project(folder, SMALL)
    return found(folder, "compile")


def beside(name: str, *arguments: str) -> Scene:
    """A file of somebody else's in a target's folder."""

    def scene(folder: Path) -> list[str]:
        compiled(folder).with_name(name).write_text("mine\n")
        return found(folder, *arguments)

    return scene


def empty_page(folder: Path) -> list[str]:
    spec: Spec = json.loads(json.dumps(FIELD_CHANGES["haproxy"]["service.image"][0]))
    project(folder, as_text({**spec, "targets": {"swarm": {}}}))
    (folder / "pages" / "404.html").write_text("")
    return found(folder, "lint")


def one_name_twice(folder: Path) -> list[str]:
    first = project(
        folder, "twipc: 1\nproject: aa-bb\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: x/y:1}}\n"
    )
    text = first.read_text().replace("aa-bb", "aa").replace("prod", "bb-prod")
    (folder / "specs" / "bb-prod.yaml").write_text(text)
    return found(folder, "lint", str(folder / "specs" / "bb-prod.yaml"))


def one_service_twice(folder: Path) -> list[str]:
    first = project(
        folder, "twipc: 1\nproject: aa\nenvironment: prod\ntargets: {compose: {}}\nservices: {eu-web: {image: x/y:1}}\n"
    )
    text = first.read_text().replace("prod", "prod-eu").replace("eu-web", "web")
    (folder / "specs" / "prod-eu.yaml").write_text(text)
    return found(folder, "lint", str(folder / "specs" / "prod-eu.yaml"))


def running(*arguments: str, then: Callable[[Docker, Path], object] = lambda _engine, _folder: None, **scene: object) -> Scene:
    """A compiled environment and an engine that is played; `then` is done after the environment was started."""

    def played(folder: Path) -> list[str]:
        compiled(folder)
        with docker(folder) as engine:
            if not scene:
                assert found(folder, "up") == []
            engine.change(**scene)
            then(engine, folder)
            return found(folder, *arguments)

    return played


def without_docker(folder: Path) -> list[str]:
    compiled(folder)
    with patch.dict(os.environ, {"PATH": str(folder)}):
        return found(folder, "up")


def stranger(folder: Path) -> list[str]:
    theirs = {"Id": "f" * 64, "Name": "/shop-prod-web-1", "Image": "x", "State": {}, "NetworkSettings": {}}
    return running("up", containers=[theirs | {"Config": {"Image": "other/app:9", "Labels": {}}}])(folder)


def moved(engine: Docker, _folder: Path) -> None:
    containers = engine.state["containers"]
    for one in containers:
        one["Config"]["Labels"]["com.docker.compose.project.working_dir"] = "/another/checkout"
    engine.change(containers=containers)


def one_less(engine: Docker, _folder: Path) -> None:
    engine.change(containers=engine.state["containers"][1:])


def secretless(folder: Path) -> list[str]:
    text = SMALL.replace("replicas: 3", "secrets: [key]") + "secrets: {key: {file: .secrets/key}}\n"
    project(folder, text)
    assert found(folder, "compile") == ["COMPOSE103"]
    with docker(folder):
        return found(folder, "up")


def shared_secret(folder: Path) -> list[str]:
    assert secretless(folder) == ["TW622"]
    (folder / ".secrets").mkdir()
    (folder / ".secrets/key").write_text("hunter2")
    for words in (("init", "-q"), ("add", ".")):
        subprocess.run(("git", *words), cwd=folder, check=True)
    with docker(folder):
        return found(folder, "up")


def unbuilt(folder: Path) -> list[str]:
    project(folder, SMALL.replace("replicas: 3", "build: ."))
    assert found(folder, "compile") == []
    with docker(folder, images={}):
        return found(folder, "up")


def busy(folder: Path) -> list[str]:
    compiled(folder)
    with docker(folder), alone(Engine("default", "tcp://•••@10.0.0.1:2375", ""), "shop-prod"):
        return found(folder, "up")


def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


ENTRY = """\
services:
  web: {image: "shop/web:1", ports: {http: 8080}}
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
    publish: [{port: http, host: %d}]
"""
STANDBY = """\
services:
  web:
    image: "shop/web:1"
    command: [serve]
    mode: {active-standby: {standbys: 1, lock: /data/.lock}}
    mounts: {/data: news}
volumes: {news: {access: single-writer}}
"""


def published(*arguments: str, after: tuple[str, ...] = ()) -> Scene:
    """An environment whose entry is up and answers nobody."""

    def played(folder: Path) -> list[str]:
        project(folder, SMALL.partition("services:")[0] + ENTRY % closed_port())
        assert found(folder, "compile") == []
        with docker(folder, host="unix:///var/run/docker.sock"):
            assert found(folder, "up") == []
            return found(folder, *arguments, after=after)

    return played


def scaled_standby(folder: Path) -> list[str]:
    project(folder, SMALL.partition("services:")[0] + STANDBY)
    found(folder, "compile")
    with docker(folder):
        return found(folder, "scale", after=("web=3",))


MADE = SMALL.replace("replicas: 3", "build: .")


def relocked(folder: Path) -> list[str]:
    """Another version than was packed."""
    project(folder, MADE.replace("web:1", "web:2"))
    (folder / "specs" / "prod.lock").write_text(
        f"lock: 1\nregistry: 127.0.0.1:5000\nimages: {{127.0.0.1:5000/shop/web:1: sha256:{'a' * 64}}}\n"
    )
    return found(folder, "lint")


def packed(*more: str, **scene: object) -> Scene:
    def played(folder: Path) -> list[str]:
        project(folder, MADE)
        with docker(folder, **scene):
            return found(folder, "pack", *more)

    return played


FILES = {"Files": {"Type": "AWS::EFS::FileSystem"}}


def deployed(edit: Callable[[dict[str, Any]], object], spec: str = ON_ECS) -> Scene:
    """What runs is the same but for an edit of its template."""

    def scene(folder: Path) -> list[str]:
        project(folder, spec)
        found(folder, "compile")
        running = json.loads((folder / "out" / "prod" / "ecs" / "template.json").read_text())
        edit(running["Resources"])
        (folder / "running.json").write_text(json.dumps(running))
        return found(folder, "deploy", "--dry-run", "--against", str(folder / "running.json"))

    return scene


def renamed(resources: dict[str, Any]) -> None:
    for kind in ("Service", "Task", "Logs"):
        resources[f"Base{kind}"] = json.loads(json.dumps(resources.pop(f"Db{kind}")).replace("shop-prod-db", "shop-prod-base"))
    resources["BaseService"]["Properties"]["TaskDefinition"] = {"Ref": "BaseTask"}


def elsewhere(resources: dict[str, Any]) -> None:
    resources["DbTask"]["Properties"]["Volumes"][0]["EFSVolumeConfiguration"]["FilesystemId"] = "fs-1a1b2c3d"


FILES_MADE = ON_ECS.replace("    volumes: {news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}\n", "").replace(
    "mounts:", 'user: "1:2", mounts:'
)


def mounted_elsewhere(resources: dict[str, Any]) -> None:
    target = resources["NewsMountIn0a1b2c3e"] = resources.pop("NewsMountIn0a1b2c3d")
    target["Properties"]["SubnetId"] = "subnet-0a1b2c3e"
    resources["DbService"]["DependsOn"] = ["NewsMountIn0a1b2c3e"]


def balanced(resources: dict[str, Any]) -> None:
    protected = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    properties = {"Type": "network", "LoadBalancerAttributes": protected}
    resources["LoadBalancer"] = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties}


def of_another(folder: Path) -> list[str]:
    project(folder, ON_ECS)
    found(folder, "compile")
    text = (folder / "out" / "prod" / "ecs" / "template.json").read_text().replace("shop-prod: written", "shop-train: written")
    (folder / "train.json").write_text(text.replace('"Value": "prod"', '"Value": "train"'))
    return found(folder, "deploy", "--dry-run", "--against", str(folder / "train.json"))


def one_repository_twice(folder: Path) -> list[str]:
    first = project(folder, BUILT_ON_ECS)
    (folder / "specs" / "train.yaml").write_text(BUILT_ON_ECS.replace("prod", "train"))
    return found(folder, "lint", str(first.with_name("train.yaml")))


def untemplated(folder: Path) -> list[str]:
    project(folder, ON_ECS.replace('"shop/db:1"', '"shop/db:1", command: [run, "{{resolve:ssm:x}}"]'))
    found(folder, "compile")
    return found(folder, "deploy", "--dry-run")


GROUPLESS = ON_ECS.replace("    security_groups: [sg-0a1b2c3d]\n", "")


def asked_of_aws(spec: str = ON_ECS, **played: Any) -> Scene:
    """A deployment to an account that is played; `status` and `tags` are those of the stack that is there."""

    def scene(folder: Path) -> list[str]:
        project(folder, spec)
        found(folder, "compile")
        if "status" in played or "tags" in played:
            text = (folder / "out" / "prod" / "ecs" / "template.json").read_text()
            played["stack"] = stack(text, played.pop("status", "CREATE_COMPLETE"), **played.pop("tags", {}))
        with aws(folder, **played):
            return found(folder, "deploy")

    return scene


def without_botocore(folder: Path) -> list[str]:
    with patch.dict(sys.modules, {"botocore.session": None}):
        return asked_of_aws()(folder)


def without_credentials(folder: Path) -> list[str]:
    project(folder, ON_ECS)
    found(folder, "compile")
    with surroundings(folder):
        return found(folder, "deploy")


MANY = ON_ECS.replace(
    "volumes: {news: {access",
    "".join(f"  web{number}: {{image: shop/web:1, resources: {{cpu: 0.25, memory: 512MiB}}}}\n" for number in range(30))
    + "volumes: {news: {access",
)
REPLACING = [{"LogicalResourceId": "DbService", "Action": "Modify", "Replacement": "True"}]
ENDED = [
    ("DbService", "CREATE_FAILED", "Resource handler returned message: the tasks ended"),
    ("Stack", "ROLLBACK_COMPLETE", ""),
]
SCENES: dict[str, Scene] = {
    "ECS135": deployed(lambda resources: resources["DbService"]["Properties"].update(LaunchType="EC2")),
    "ECS136": deployed(lambda resources: resources.update(FILES)),
    "ECS137": deployed(renamed),
    "ECS138": deployed(elsewhere),
    "ECS139": deployed(mounted_elsewhere, FILES_MADE),
    "ECS131": deployed(balanced),
    "TW710": untemplated,
    "TW730": including("sites/shop.conf"),
    "TW731": including("*.conf"),
    "TW732": including("0.conf", **{f"{n}.conf": f"include {n + 1}.conf;" for n in range(20)}, **{"20.conf": ""}),
    "TW733": including("/srv/shared/*.conf"),
    "TW734": including("/etc/nginx/sites/*.conf", **{"sites/shop.conf": "return 200;"}),
    "TW711": without_botocore,
    "TW712": without_credentials,
    "TW713": asked_of_aws(refuses={"CreateChangeSet": ("AccessDenied", "User is not authorized")}),
    "TW714": asked_of_aws(tags={"project": "another"}),
    "TW715": asked_of_aws(status="ROLLBACK_COMPLETE"),
    "TW716": asked_of_aws(MANY),
    "TW717": asked_of_aws(GROUPLESS),
    "TW718": asked_of_aws(status="UPDATE_COMPLETE", lists=REPLACING),
    "TW719": asked_of_aws(ends="ROLLBACK_COMPLETE", fails=ENDED),
    "TW721": shared_secret,
    "TW720": of_another,
    "ECS112": linted(EXAMPLES["the rules of a security group in one direction"](61).text),
    "TW107": linted(SMALL.encode("utf-16")),
    "TW209": linted("twipc: 1\nproject: shop\nservices: {web: {image: shop/web:1}}\n"),
    "TW210": unread,
    "TW726": untaken,
    "TW501": linted(NGINX_READY),
    "TW502": linted(spec_on("ecs")),
    "TW511": linted(spec_on("ecs", restart="never")),
    "TW416": one_name_twice,
    "TW471": one_service_twice,
    "TW472": one_repository_twice,
    "TW601": edited(lambda text: text.replace("replicas: 3", "replicas: 2"), "verify"),
    "TW602": edited(lambda text: text.replace("services:", "services: ["), "verify"),
    "TW603": removed("verify"),
    "TW604": edited(lambda text: text.replace("edit the spec", "edit the file"), "verify"),
    "TW610": without_docker,
    "TW611": running("up", engine="down"),
    "TW612": running("up", engine="denied"),
    "TW613": running("up", context=False),
    "TW614": running("up", compose=False),
    "TW615": running("up", fails={"up": [1, "Bind for 0.0.0.0:80 failed: port is already allocated"]}),
    "TW620": stranger,
    "TW621": running("up", then=moved),
    "TW622": secretless,
    "TW623": unbuilt,
    "TW624": busy,
    "TW630": running("up", becomes={"web": {"Health": {"Status": "unhealthy"}}}),
    "TW631": running("status", then=one_less),
    "TW632": running("test", asked=[]),
    "TW633": scaled_standby,
    "TW634": published("scale", after=("edge=0",)),
    "TW635": published("test"),
    "TW636": published("bench", "-n", "3"),
    "TW637": published("clean", "--volumes"),
    "TW640": relocked,
    "TW641": relocked,
    "TW642": packed(),
    "TW643": packed("--registry", "127.0.0.1:5000", owner="another"),
    "TW701": stale,
    "TW702": removed("compile", "--check"),
    "TW703": orphaned,
    "TW704": edited(lambda text: text.replace("replicas: 3", "replicas: 2"), "compile"),
    "TW705": foreign,
    "TW706": beside(".env", "verify"),
    "TW707": beside("notes.txt", "compile", "--check"),
    "TW468": linted(SMALL + EDGE.format("nginx", "1.30") + f"      response_headers: {{X-A: '{'$' * 500}'}}\n"),
    "TW469": linted(SMALL.replace("replicas", f"env: {{A: {'x' * 131_070}}}, replicas")),
    "TW470": linted(SMALL.replace("replicas", f"env: {{A: {'x' * 4095}}}, replicas")),
    "SWARM104": empty_page,
}
