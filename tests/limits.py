"""For each limit a spec with a value of `n`, so that every table is tried at its ends and beyond them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.compiling import compiled_text

Spec = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A spec, and the other files of its project; one that is not `legal` has another mistake at the limit already."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)
    legal: bool = True


def whole(spec: Spec, **files: str) -> Example:
    """JSON is YAML; `files` by the letters of their names."""
    document = {"twipc": 1, "project": "shop", "environment": "prod", "targets": {"compose": {}}, **spec}
    return Example(json.dumps(document, ensure_ascii=False), {f"{name}.txt": text for name, text in files.items()})


def web(targets: Spec | None = None, /, **fields: Any) -> Spec:
    """One service."""
    return {"services": {"web": {"image": "shop/web:1", **fields}}, **({"targets": targets} if targets else {})}


def edge(engine: str = "nginx", /, **http: Any) -> Spec:
    """A server before it."""
    version = "1.31" if engine == "nginx" else "3.2"
    server = {"engine": {"name": engine, "version": version}, "listen": 8080, "default": {"status": 404}, **http}
    return {"services": {"web": {"image": "shop/web:1", "ports": {"http": 8080}}, "edge": {"http": server}}}


def routed(**match: Any) -> Spec:
    return edge(routes=[{"match": {"prefix": "/a", **match}, "redirect": "/b"}])


def backend(**fields: Any) -> Spec:
    return edge(backends={"app": {"members": ["web.http"], **fields}}, default={"backend": "app"})


def placed(**placement: Any) -> Example:
    return whole(web({"swarm": {}}, placement=placement))


def letters(length: int, parts: int = 200, joint: str = "/") -> str:
    """So many letters in parts, joined by one other; neither begins nor ends with a joint."""
    text = "".join(joint if at % parts == parts - 1 else "a" for at in range(length))
    return f"{text[:-1]}a" if text.endswith(joint) else text


def kibibytes(size: int) -> str:
    """In whole KiB what is too large for bytes, rounded up."""
    return f"{size}B" if size < 10**9 else f"{-(-size // 1024)}KiB"


def hosts(length: int) -> list[str]:
    return [letters(length - 9 * (length // 10), 50, "."), *[letters(length // 10, 50, ".")] * 9]


ROLE = "arn:aws:iam::111122223333:role/shop"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071"


def on_ecs(launch: str = "ec2", options: Spec | None = None, /, **fields: Any) -> Spec:
    """One service on ECS."""
    ecs = {
        "launch": launch,
        "region": "eu-west-1",
        "cluster": "shop",
        "subnets": ["subnet-0a1b2c3d"],
        "security_groups": ["sg-0a1b2c3d"],
        "execution_role": f"{ROLE}-execution",
        **(options or {}),
    }
    return web({"ecs": ecs}, **{"resources": {"cpu": 0.25, "memory": "512MiB"}, **fields})


def made_on_ecs(*without: str) -> Spec:
    """One whose template makes what is left out here."""
    spec = on_ecs("fargate", {"namespace": "shop.internal"})
    for option in without:
        del spec["targets"]["ecs"][option]
    return spec


def role_policy(n: int) -> Example:
    """A role that reads forty secrets and writes one log; the last ARN is as long as it takes."""
    arns = [f"arn:aws:ssm:eu-west-1:111122223333:parameter/{at:02}{'a' * 180}" for at in range(40)]
    log = "arn:aws:logs:eu-west-1:111122223333:log-group:/shop/prod/web:log-stream:*"
    statements = [
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": log},
        {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": arns},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
    arns[-1] += "a" * (n - len(policy))
    spec = made_on_ecs("execution_role", "namespace")
    spec["services"]["web"]["env"] = {f"KEY{at}": {"secret": f"key-{at}"} for at in range(40)}
    return whole({**spec, "secrets": {f"key-{at}": {"ecs": arn} for at, arn in enumerate(arns)}})


def group_rules(n: int) -> Example:
    """Of `web`, which others ask on five ports each."""
    spec = made_on_ecs("security_groups")
    web = spec["services"]["web"]
    web["ports"] = {f"p{port}": 8080 + port for port in range(5)}
    for at in range(n):
        other = spec["services"].setdefault(
            f"other-{at // 5}", {"image": "shop/other:1", "resources": web["resources"], "env": {}}
        )
        other["env"][f"A{at % 5}"] = {"address": f"web.p{at % 5}"}
    return whole(spec)


def timed(launch: str, leaf: str) -> Callable[[int], Example]:
    """A time of so many seconds."""

    def example(n: int) -> Example:
        return whole(on_ecs(launch, health={"command": ["check"], leaf: f"{n}s"}))

    return example


def processors(launch: str, most: int) -> Callable[[int], Example]:
    """So many CPU units, of which 1024 are a processor; beyond the most the next that can be said."""

    def example(n: int) -> Example:
        thousandths = -(-n * 1000 // 1024) if n > most else n * 1000 // 1024
        return whole(on_ecs(launch, resources={"cpu": thousandths / 1000, "memory": "64GiB"}))

    return example


def balanced(services: int, backends: Spec, routes: int = 0) -> Example:
    """A load balancer in the place of a server with so many services behind it; of its rules, three are every server's."""
    spec = on_ecs("ec2", {"ingress": "alb"})
    del spec["services"]["web"]
    app = {"image": "shop/web:1", "ports": {"http": 8080}, "resources": {"memory": "64MiB"}}
    names = list(backends)
    http = {
        "engine": {"name": "haproxy", "version": "3.2"},
        "listen": 8080,
        "backends": backends,
        "routes": [{"match": {"exact": f"/{at}"}, "backend": names[at % len(names)]} for at in range(max(routes, len(names)))],
        "default": {"status": 404},
    }
    spec["services"] = {
        **{f"web-{at}": app for at in range(services)},
        "edge": {"http": http, "publish": [{"port": "http", "host": 80}], "resources": {"memory": "64MiB"}},
    }
    return whole(
        {**spec, "accept": [{"code": "TW511", "at": "services.edge.http.routes", "target": "ecs", "because": "plain"}]}
    )


def _members(*numbers: int) -> Spec:
    return {"members": [f"web-{at}.http" for at in numbers]}


def many_groups(n: int) -> Example:
    ports = {f"p{number}": 8000 + number for number in range(n)}
    groups = {port: f"{GROUP[:-1]}{number}" for number, port in enumerate(ports)}
    publish = [{"port": port, "host": 9000 + number} for number, port in enumerate(ports)]
    return whole(on_ecs("ec2", {"target_groups": {"web": groups}}, ports=ports, publish=publish))


def many_listeners(n: int) -> Example:
    """Each leads to the same port."""
    publish = [{"port": "http", "host": 9000 + number} for number in range(n)]
    return whole(on_ecs("ec2", ports={"http": 8080}, publish=publish))


def with_registry(n: int) -> Example:
    registry = f"{letters(100, 50, '-')}.example"
    image = letters(n - len(registry) - 1, 50, "-")
    return whole(on_ecs("ec2", {"registry": registry}, build="app", image=f"{image}:1.2"))


@cache
def _rest(size: int, text: str) -> str:
    outcome = compiled_text(text)
    artifact = next(one for one in outcome.compiled[0].bundle.artifacts if one.path.endswith((".taskdef.json", ".conf")))
    content = artifact.text
    if artifact.path.endswith(".json"):
        content = json.dumps(json.loads(content), separators=(",", ":"))
    assert len(content) < size
    return "x" * (size - len(content))


def document(n: int) -> Example:
    """A task definition of so many bytes."""
    rest = _rest(n, whole(on_ecs(env={"A": ""})).text)
    return whole(on_ecs(env={"A": rest}))


def configuration(n: int) -> Example:
    """A server's configuration of so many bytes: each letter of a route's path is one."""
    count = 1600
    paths = [f"/a{number:04}" for number in range(count)]

    def spec(target: str) -> Spec:
        routes = [{"match": {"exact": path}, "backend": "app"} for path in paths]
        return {"targets": {target: {}}, **edge(backends={"app": {"members": ["web.http"]}}, routes=routes)}

    rest = len(_rest(n, whole(spec("nginx")).text))
    assert rest // count < 500
    paths = [path + "x" * (rest // count + (number < rest % count)) for number, path in enumerate(paths)]
    return whole(spec("swarm"))


def stack(n: int) -> Example:
    head = {"project": "a" * 31, "environment": "prod", "targets": {"swarm": {}}}
    return whole({**head, "services": {"a" * (n - 31 - 6): {"image": "shop/web:1"}}})


EXAMPLES: Mapping[str, Callable[[int], Example]] = {
    "a spec's file": lambda n: Example((whole(web()).text + "\n#").ljust(n, "x")),
    "mappings and lists in each other": lambda n: Example("[" * n + "]" * n, legal=False),
    "a name": lambda n: whole({"services": {"a" * n: {"image": "shop/web:1"}}}),
    "a port": lambda n: whole(web(ports={"http": n})),
    "a port that an engine listens on": lambda n: whole(edge(listen=n)),
    "replicas": lambda n: whole(web(replicas=n)),
    "autoscaling.cpu and .memory": lambda n: whole(
        on_ecs(autoscaling={"max": 2, "cpu": n}, resources={"cpu": 0.25, "memory": "512MiB"})
    ),
    "standbys": lambda n: whole(
        web(command=["run"], mounts={"/a": "one"}, mode={"active-standby": {"standbys": n, "lock": "/a/b"}})
        | {"volumes": {"one": {"access": "single-writer"}}}
    ),
    "max_per_host": lambda n: placed(max_per_host=n),
    "rollout.parallelism": lambda n: whole(web({"swarm": {}}, rollout={"parallelism": n})),
    "a duration": lambda n: whole(web(stop_grace=f"{n}ms")),
    "resources.memory": lambda n: whole(web(resources={"memory": kibibytes(n)})),
    "the size of a tmpfs": lambda n: whole(web(tmpfs=[{"path": "/tmp", "size": kibibytes(n)}])),
    "shm_size": lambda n: whole(web(shm_size=kibibytes(n))),
    "resources.cpu": lambda n: whole(web(resources={"cpu": n / 1000})),
    "resources.pids": lambda n: whole(web(resources={"pids": n})),
    "http.max_body": lambda n: whole(edge(max_body=kibibytes(n))),
    "failures and successes of a check": lambda n: whole(web(health={"command": ["check"], "failures": n})),
    "backend.hold": lambda n: whole(
        {
            **edge("haproxy", backends={"app": {"members": ["web.http"], "hold": f"{n}ms"}}, default={"backend": "app"}),
            "targets": {"haproxy": {}},
        }
    ),
    "backend.retries": lambda n: whole(backend(retries=n)),
    "backend.max_members": lambda n: whole(backend(max_members=n)),
    "requests and burst of a rate limit": lambda n: whole(
        edge(
            backends={"app": {"members": ["web.http"]}},
            default={"backend": "app"},
            rate_limit={"requests": n, "per": "1s", "burst": n},
        )
    ),
    "a user or a group": lambda n: whole(web(user=f"1:{n}")),
    "a limit of processes": lambda n: whole(web(ulimits={"nproc": n})),
    "placement.constraints": lambda n: placed(constraints={f"label{number}": "a" for number in range(n)}),
    "placement.spread": lambda n: placed(spread=[f"label{number}" for number in range(n)]),
    "a host's label": lambda n: placed(constraints={"a" * n: "a"}),
    "the value of a host's label": lambda n: placed(constraints={"ab": "a" * n}),
    "a volume driver's name": lambda n: whole(
        {**web(mounts={"/a": "news"}), "volumes": {"news": {"access": "shared", "driver": "a" * n}}}
    ),
    "the name of a driver's option": lambda n: whole(
        {
            **web(mounts={"/a": "news"}),
            "volumes": {"news": {"access": "shared", "driver": {"name": "local", "options": {"a" * n: "a"}}}},
        }
    ),
    "a secret's name in a swarm": lambda n: whole(
        {**web({"swarm": {}}, secrets=["key"]), "secrets": {"key": {"swarm": "a" * n}}}
    ),
    "an image's name": lambda n: whole(web(image="a" * n)),
    "a registry's name": lambda n: whole(
        web({"compose": {"registry": f"a.b/{'a' * (n - 4)}" if n > 4 else "a.b"[:n]}}, build="app")
    ),
    "the name of a label": lambda n: whole(web(labels={"a" * n: "a"})),
    "a label": lambda n: whole(web(labels={"ab": "a" * n})),
    "a path in a container": lambda n: whole(web(working_dir=f"/{letters(n - 1)}")),
    "a part of a path": lambda n: whole(web(working_dir=f"/{'a' * n}")),
    "a request's path": lambda n: whole(
        edge(routes=[{"match": {"exact": f"/{'a' * (n - 1)}" if n else ""}, "redirect": "/b"}])
    ),
    "a host": lambda n: whole(routed(host=letters(n, 50, "."))),
    "a part of a host between dots": lambda n: whole(routed(host=f"{'a' * n}.example")),
    "hosts of a route": lambda n: whole(routed(host=[f"a{number}.example" for number in range(n)])),
    "all hosts of a route together": lambda n: whole(routed(host=hosts(n))),
    "a redirect's target": lambda n: whole(
        edge(routes=[{"match": {"exact": "/a"}, "redirect": f"/{'a' * (n - 1)}" if n else ""}])
    ),
    "a header's name": lambda n: whole(edge(response_headers={"A" * n: "a"})),
    "all headers that are set together": lambda n: whole(edge(request_headers={"X-A": "a" * (n - 7)})),
    "a cookie's name": lambda n: whole(backend(sticky={"cookie": "A" * n})),
    "an error page": lambda n: whole(edge(error_pages=[{"status": [404], "page": "page.txt"}]), page="a" * n),
    "a file of `configs`": lambda n: whole(web(configs={"/a": "file.txt"}), file="a" * n),
    "a variable, NAME=value": lambda n: whole(web(env={"A": "a" * (n - 2)})),
    "a word of a program's command": lambda n: whole(web(command=["a", "a" * n])),
    "a variable that people read": lambda n: whole(web(env={"A": "a" * (n - 2)})),
    "a parameter in nginx's configuration": lambda n: whole(
        edge(response_headers={"X-A": "$" * ((n - 2) // 9) + "a" * ((n - 2) % 9)})
    ),
    "an error page of haproxy": lambda n: whole(
        edge("haproxy", error_pages=[{"status": [404], "page": "page.txt"}]), page="a" * n
    ),
    "the name of a swarm's service or network, <project>-<environment>_<name>": stack,
    "a swarm's config": lambda n: (
        configuration(n) if n > 1 else whole(web({"swarm": {}}, configs={"/a": "file.txt"}), file="a" * n)
    ),
    "a task definition of ECS": document,
    "target groups of an ECS service": many_groups,
    "the rules of a load balancer": lambda n: balanced(1, {"app": _members(0)}, n - 3),
    "target groups of an action": lambda n: balanced(n, {"app": _members(*range(n))}),
    "target groups of a load balancer": lambda n: balanced(
        -(-n // 5),
        {
            **{f"app-{at}": _members(*range(at // 5 * 5, at // 5 * 5 + 5)) for at in range(n // 5)},
            **({"more": _members(n // 5)} if n % 5 else {}),
        },
    ),
    "backends that a service is a member of": lambda n: balanced(1, {f"app-{at}": _members(0) for at in range(n)}),
    "subnets of an ECS service": lambda n: whole(
        on_ecs("ec2", {"subnets": [f"subnet-0a1b2c{number:02}" for number in range(n)]})
    ),
    "security groups of an ECS service": lambda n: whole(
        on_ecs("ec2", {"security_groups": [f"sg-0a1b2c{number:02}" for number in range(n)]})
    ),
    "the name of an image with ECS's registry": with_registry,
    "the inline policies of an IAM role": role_policy,
    "the rules of a security group in one direction": group_rules,
    "health.interval on ECS": timed("ec2", "interval"),
    "health.timeout on ECS": timed("fargate", "timeout"),
    "health.start_period on ECS": timed("ec2", "start_period"),
    "the listeners of a load balancer": many_listeners,
    "stop_grace on Fargate": lambda n: whole(on_ecs("fargate", stop_grace=f"{n}s")),
    "CPU units of a task on Fargate": processors("fargate", 32768),
    "memory of a task on Fargate": lambda n: whole(on_ecs("fargate", resources={"cpu": 32, "memory": f"{n}MiB"})),
    "CPU units of a task on EC2": processors("ec2", 196608),
    "a limit of processes on ECS": lambda n: whole(on_ecs(ulimits={"nproc": n})),
}
"""By the limit's name."""
