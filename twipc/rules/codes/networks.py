"""What can be wrong between networks, their names and who is on them."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import HAPROXY

NOT_TOGETHER = Code(
    "TW429",
    "services that should reach each other share no network",
    Severity.ERROR,
    why="A name is known only on the networks of its service: a proxy would find no member, and a variable would hold an "
    "address that leads nowhere. Services without `networks` are on one default network, and on no other.",
    bad=HAPROXY.replace("8080}}", "8080}, networks: [back]}", 1).replace("[web.http]}}", "[web.http]}}  #! TW429")
    + "networks: {back: {}}\n",
    good=HAPROXY.replace("8080}}", "8080}, networks: [back]}", 1).replace("  edge:\n", "  edge:\n    networks: [back]\n")
    + "networks: {back: {}}\n",
)
ALIAS_TAKEN = Code(
    "TW430",
    "a name on a network means two things",
    Severity.ERROR,
    why="Docker answers for a name with everybody who bears it: some requests would go to the one and some to the other.",
    bad="services:\n  db: {image: shop/db:1, networks: [back]}\n  web:\n    image: shop/web:1\n"
    "    networks: [{network: back, aliases: [db]}]  #! TW430\nnetworks: {back: {}}",
    good="services:\n  db: {image: shop/db:1, networks: [back]}\n  web:\n    image: shop/web:1\n"
    "    networks: [{network: back, aliases: [news]}]\nnetworks: {back: {}}",
)
NETWORK_TWICE = Code(
    "TW431",
    "a network stands twice in a service",
    Severity.ERROR,
    why="A service is on a network once: of two lists of aliases one would be lost.",
    bad="services:\n  web:\n    image: shop/web:1\n    networks: [back, {network: back, aliases: [news]}]  #! TW431\n"
    "networks: {back: {}}",
    good="services:\n  web:\n    image: shop/web:1\n    networks: [{network: back, aliases: [news]}]\nnetworks: {back: {}}",
)
NO_WAY = Code(
    "TW432",
    "no way leads out of internal networks, or into them",
    Severity.ERROR,
    why="Docker publishes no port of a container that is only on internal networks, and says nothing (measured with Engine 20, "
    "on one host and in a swarm; moby#36174, moby#44986); and nothing on them reaches what is external.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    networks: [back]\n"
    "    publish: [{port: http, host: 80}]  #! TW432\nnetworks: {back: {internal: true}}",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    networks: [back, edge]\n"
    "    publish: [{port: http, host: 80}]\nnetworks: {back: {internal: true}, edge: {}}",
)

CODES = (
    NOT_TOGETHER,
    ALIAS_TAKEN,
    NETWORK_TWICE,
    NO_WAY,
)
