"""What only the swarm target finds."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

_LONG = "a" * 31
_STACK = f"project: {_LONG}\ntargets: {{swarm: {{}}}}\nservices:\n"

PINNED = Code(
    "SWARM101",
    "a volume lies on the nodes that bear its label",
    Severity.WARNING,
    why="Swarm's own volumes and folders of a host are local, one for each node: a task that moved would find an empty one. So "
    "it stays where its data is, and while that node is down, the service is too.",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\n"
    "volumes:\n  news: {access: single-writer}  #! SWARM101",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1",
)
LONG_NAME = Code(
    "SWARM102",
    "a name is too long for a swarm",
    Severity.ERROR,
    why="Services and networks are called <project>-<environment>_<name> there, 63 characters at most; only the deploy would "
    "say so.",
    bad=f"{_STACK}  {_LONG}:  #! SWARM102\n    image: shop/web:1",
    good=f"{_STACK}  web:\n    image: shop/web:1",
)
CONFIG_SIZE = Code(
    "SWARM104",
    "a file is no config for a swarm",
    Severity.ERROR,
    why="A config holds 1 to 1,023,999 bytes; only the deploy would say so.",
    raised_by="an error page without content",
)

_PUBLISHED = (
    "targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    replicas: %d\n"
    "    publish: [{port: http, host: 80}]\n    mounts: {/data: news}\nvolumes:\n  news: {access: shared}\n"
    "accept: [{code: SWARM101, at: volumes.news, target: swarm, because: it is only a cache}]"
)
PINNED_TOGETHER = Code(
    "SWARM105",
    "more replicas on one node than it may have",
    Severity.ERROR,
    why="Who mounts a volume runs on the one node that holds it. A node has each port once, and no more tasks than "
    "`max_per_host`: the next task never starts.",
    bad=(_PUBLISHED % 2).replace("replicas: 2\n", "replicas: 2  #! SWARM105\n"),
    good=_PUBLISHED % 1,
)

BOTH_AT_ONCE = Code(
    "SWARM106",
    "an update that never ends",
    Severity.ERROR,
    why="A node has each port once. Where the new task starts first it waits for the port of the old one, which waits for the "
    "new one: the update hangs, and says `no suitable node` (measured).",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n"
    "    publish: [{port: http, host: 80}]\n    rollout: {order: start-first}  #! SWARM106",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n"
    "    publish: [{port: http, host: 80}]\n    rollout: {order: stop-first}",
)

CODES = (PINNED, LONG_NAME, CONFIG_SIZE, PINNED_TOGETHER, BOTH_AT_ONCE)
