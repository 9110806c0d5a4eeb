"""What a target cannot say: one code for each kind of loss, so that each is accepted for what it is."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

LOST = Code(
    "TW501",
    "a field is lost on a target",
    Severity.WARNING,
    why="The target has no way to say it. The environment still does what it should there, a little less well.",
    raised_by="a field that the target answers with `Absent`",
)
APPROXIMATED = Code(
    "TW502",
    "a value is rounded on a target",
    Severity.WARNING,
    why="The target says it more coarsely; the value there is the nearest safe one.",
    raised_by="a field that the target answers with `Approximate`",
)
DEFAULTS_LOST = Code(
    "TW503",
    "defaults are lost on a target",
    Severity.NOTE,
    why="Nobody asked for these values, and the target cannot say them: what it does instead is its own default.",
    bad="targets: {swarm: {}}  #! TW503\nservices:\n  web:\n    image: shop/web:1",
    good="targets: {compose: {}}\nservices:\n  web:\n    image: shop/web:1",
)
UNASKED = Code(
    "TW504",
    "a readiness check that nobody asks on a target",
    Severity.NOTE,
    why="Proxies ask it of their members, and on ECS a load balancer of what is published. Docker sends requests to what is "
    "published whether it is ready or not.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "    ready: {http: /ready}  #! TW504",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]",
)
STATE_LOST = Code(
    "TW510",
    "the state of a service is not safe on a target",
    Severity.ERROR,
    why="What a service writes would be lost, or written by two at once.",
    bad="services: {web: {image: shop/web:1, mounts: {/data: news}}}\nvolumes:\n  news: {access: per-replica}  #! TW510",
    good="services: {web: {image: shop/web:1, mounts: {/data: news}}}\nvolumes:\n  news: {access: shared}",
)
BEHAVIOUR_LOST = Code(
    "TW511",
    "a service behaves otherwise on a target",
    Severity.ERROR,
    why="Requests, restarts or commands would go otherwise than the spec says.",
    raised_by="a field of behaviour that the target answers with `Absent`",
)
EXPOSURE_LOST = Code(
    "TW512",
    "a port is not published as the spec says",
    Severity.ERROR,
    why="A private port would become public, or a public one unreachable.",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n"
    "    publish: [{port: http, host: 8080, address: 127.0.0.1}]  #! TW512",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n"
    "    publish: [{port: http, host: 8080}]",
)
_ECS = """\
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/shop-execution"
services:
  web:
    image: shop/web:1
    resources: {cpu: 0.25, memory: 512MiB}
"""
HARDENING_LOST = Code(
    "TW513",
    "a hardening that the spec asks for is lost on a target",
    Severity.ERROR,
    why="What was shut would be open there, and nothing in the service would show it.",
    bad=f"{_ECS}    tmpfs: [/tmp]  #! TW513",
    good=_ECS.replace("launch: fargate", "launch: ec2") + "    tmpfs: [/tmp]",
)
HEALTH_LOST = Code(
    "TW514",
    "a health gate is lost on a target",
    Severity.ERROR,
    why="Nobody would notice a service that is up and answers nothing, or it would start before what it needs is there.",
    bad="targets: {swarm: {}}\nservices:\n  db: {image: shop/db:1, health: {command: [check]}}\n"
    "  web:\n    image: shop/web:1\n    depends_on: [db]  #! TW514",
    good="services:\n  db: {image: shop/db:1, health: {command: [check]}}\n  web:\n    image: shop/web:1\n    depends_on: [db]",
)
SECRET_LOST = Code(
    "TW515",
    "a secret does not reach a service on a target",
    Severity.ERROR,
    why="The service would start without it, or not at all. Compose and Swarm bring secrets as files alone, ECS as variables "
    "alone: a spec for both says `secrets: [api-key]` and `env: {KEY: {secret: api-key}}`, and accepts each where it is lost. "
    "A program that reads variables alone is started by a shell that makes one of the file, where its image has one: "
    """`entrypoint: [sh, -c, 'export KEY="$(cat /run/secrets/api-key)"; exec /start']`.""",
    bad="services:\n  web:\n    image: shop/web:1\n    env: {KEY: {secret: api-key}}  #! TW515\n"
    "secrets: {api-key: {file: .secrets/api-key}}",
    good="services:\n  web:\n    image: shop/web:1\n    env: {KEY_FILE: /run/secrets/api-key}\n    secrets: [api-key]\n"
    "secrets: {api-key: {file: .secrets/api-key}}",
)
NO_PLACE = Code(
    "TW435",
    "a secret does not say where a target finds it",
    Severity.ERROR,
    why="Each target finds a secret in its own way: by a file of the project, by a name, by an ARN. Without it the service "
    "would start without the secret, or not at all.",
    bad="services:\n  web:\n    image: shop/web:1\n    secrets: [api-key]\nsecrets:\n  api-key: {swarm: api-key-1}  #! TW435",
    good="services:\n  web:\n    image: shop/web:1\n    secrets: [api-key]\nsecrets:\n  api-key: {file: .secrets/api-key}",
)
ENGINE_LIMIT = Code(
    "TW468",
    "more than an engine takes",
    Severity.ERROR,
    why="The engine does not start with it: all requests to this server would find nobody.",
    raised_by="a header of many `$` on nginx, each of which is written as `${dollar}`; a large error page on haproxy",
)
LIMITS_ELSEWHERE = Code(
    "TW467",
    "a limit of a target that the spec does not list",
    Severity.NOTE,
    why="The environment compiles for its own targets. Who lists this one too some day meets the limit then; who never will "
    "says so once, at `targets`: `# twipc: ignore[TW467] only on one host`. `twipc lint` alone says it, and of limits "
    "alone: what that target would lose, or must be told of its own, is said once it is listed.",
    bad=f"project: {'a' * 31}\ntargets: {{compose: {{}}}}  #! TW467\nservices: {{{'b' * 31}: {{image: shop/web:1}}}}",
    good=f"project: {'a' * 31}\ntargets: {{compose: {{}}}}\nservices: {{web: {{image: shop/web:1}}}}",
)
REGISTRY_UNUSED = Code(
    "TW644",
    "a registry that no image comes from",
    Severity.WARNING,
    why="A target's `registry` is put before the names of images that are built here and name none themselves; there is none.",
    bad="targets: {compose: {registry: registry.example.com}}  #! TW644\nservices: {web: {image: shop/web:1}}",
    good="targets: {compose: {registry: registry.example.com}}\nservices: {web: {image: shop/web:1, build: app}}",
)
NAME_TOO_LONG = Code(
    "TW645",
    "an image's name is too long with its registry",
    Severity.ERROR,
    why="Docker takes names of up to 255 characters, the registry's among them.",
    bad=f"targets: {{compose: {{registry: registry.example.com/{'a' * 139}}}}}  #! TW645\n"
    f"services: {{web: {{image: shop/{'b' * 100}, build: app}}}}",
    good="targets: {compose: {registry: registry.example.com}}\nservices: {web: {image: shop/web:1, build: app}}",
)
UNUSED_ACCEPTANCE = Code(
    "TW521",
    "an acceptance accepts nothing",
    Severity.WARNING,
    why="The loss is not there (any more): left in place, the acceptance would hide the next one.",
    bad="services: {web: {image: shop/web:1}}\naccept:\n"
    "  - {code: TW512, at: services.web.publish.http, target: compose, because: once}  #! TW521",
    good="services: {web: {image: shop/web:1}}",
)

LOSSES = (
    LOST,
    APPROXIMATED,
    DEFAULTS_LOST,
    UNASKED,
    STATE_LOST,
    BEHAVIOUR_LOST,
    EXPOSURE_LOST,
    HARDENING_LOST,
    HEALTH_LOST,
    SECRET_LOST,
    UNUSED_ACCEPTANCE,
)
CODES = (*LOSSES, NO_PLACE, ENGINE_LIMIT, LIMITS_ELSEWHERE, REGISTRY_UNUSED, NAME_TOO_LONG)
