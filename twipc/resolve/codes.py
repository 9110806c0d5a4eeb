"""What can be wrong with the names in a spec."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

_PROXY = """\
services:
  web: {image: shop/web:1, ports: {http: 8080}}
  proxy:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes:
        - {match: {prefix: /}, backend: app}
      default: {status: 404}
"""

_ELSEWHERE = "external: {shop: {host: shop.example.com, ports: {http: 80}}}\n"


def _name(id: str, title: str, why: str, good: str, found: str, slip: str) -> Code:
    """A code for a name that nothing bears: the example is `good` with one slip in it."""
    line = next(line for line in good.splitlines() if found in line)
    bad = good.replace(line, f"{line.replace(found, slip)}  #! {id}")
    return Code(id, title, Severity.ERROR, why=why, bad=bad, good=good)


UNKNOWN_BACKEND = _name(
    "TW301",
    "unknown backend",
    "A route to a backend that does not exist answers nobody.",
    _PROXY,
    "backend: app}",
    "backend: ap}",
)
UNKNOWN_MEMBER = _name(
    "TW302",
    "unknown member",
    "A member is written `service.port`, both by name; a proxy that looks for another never finds it.",
    _PROXY,
    "[web.http]",
    "[web.htp]",
)
UNKNOWN_PORT = _name(
    "TW303",
    "unknown port",
    "Ports are named once, under `ports`, and meant by their name everywhere else.",
    "services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n",
    "port: http,",
    "port: web,",
)
UNKNOWN_VOLUME = _name(
    "TW304",
    "unknown volume",
    "State has an owner: a volume says who may write it before a service mounts it.",
    "services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\nvolumes: {news: {access: single-writer}}\n",
    "/data: news}",
    "/data: new}",
)
UNKNOWN_SECRET = _name(
    "TW305",
    "unknown secret",
    "A secret says where each target finds it before anything uses it.",
    _PROXY
    + "      stats: {number: 1936, auth: {secret: stats-password}}\n"
    + "secrets: {stats-password: {file: .secrets/stats-password}}\n",
    "secret: stats-password}",
    "secret: stats-pasword}",
)
UNKNOWN_ADDRESS = _name(
    "TW306",
    "unknown address",
    "An address is written `service.port`, both by name.",
    "services:\n  db: {image: shop/db:1, ports: {sql: 5432}}\n"
    "  web:\n    image: shop/web:1\n    env: {DB: {address: db.sql}}\n",
    "db.sql",
    "db.sq",
)
EXTERNAL_MEMBER = Code(
    "TW425",
    "what is external is no member",
    Severity.ERROR,
    why="A proxy of ours speaks plain HTTP to members under the name that the client asked for, and asks them for their "
    "readiness. What runs elsewhere mostly wants TLS and its own name.",
    bad=_PROXY.replace("[web.http]}}", "[shop.http]}}  #! TW425") + _ELSEWHERE,
    good=_PROXY.replace("web:1, ports", "web:1, env: {SHOP: {address: shop.http}}, ports") + _ELSEWHERE,
)
UNKNOWN_NETWORK = _name(
    "TW428",
    "unknown network",
    "A network is declared before a service is on it: whether a way leads out of it is said there.",
    "services:\n  web:\n    image: shop/web:1\n    networks: [back]\nnetworks: {back: {internal: true}}\n",
    "[back]",
    "[bakc]",
)
UNKNOWN_TARGET = Code(
    "TW307",
    "unknown target",
    Severity.ERROR,
    why="`targets` is the set of what is generated and committed; a name without a target generates nothing.",
    bad="targets: {compsoe: {}}  #! TW307\nservices: {web: {image: shop/web:1}}",
    good="targets: {compose: {}}\nservices: {web: {image: shop/web:1}}",
)
NO_IMAGE = Code(
    "TW308",
    "a service has no image",
    Severity.ERROR,
    why="Artifacts name an image and never how it is built, so that every target runs the same one. Only an `http` service has "
    "one by default.",
    bad="services:\n  web: {build: app/web}  #! TW308",
    good="services:\n  web: {build: app/web, image: shop/web:1}",
)
PORT_TWICE = Code(
    "TW309",
    "two ports are one",
    Severity.ERROR,
    why="Two listeners cannot share a number, and a name means one port. The same number for TCP and UDP is two ports.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080, admin: 8080}  #! TW309",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080, admin: 8081, log: {number: 8081, protocol: udp}}",
)
PAGE = Code(
    "TW310",
    "an error page cannot be read",
    Severity.ERROR,
    why="The page is part of what is generated: it is read when the spec is compiled, as UTF-8 text of at most 64 KiB.",
    bad=_PROXY + "      error_pages:\n        - {status: [404], page: pages/none.html}  #! TW310\n",
    good=_PROXY,
)
HEALTH_KIND = Code(
    "TW311",
    "who answers for the health of a service",
    Severity.ERROR,
    why="A service says how it is asked (`http` or `command`); an `http` service answers for itself, beside its routes.",
    bad="services:\n  web:\n    image: shop/web:1\n    health: {interval: 5s}  #! TW311",
    good="services:\n  web:\n    image: shop/web:1\n    health: {command: [check], interval: 5s}",
)
READY_DIFFERS = Code(
    "TW312",
    "members of one backend are asked differently",
    Severity.ERROR,
    why="A proxy has one readiness check for all members of a backend.",
    bad=_PROXY.replace("web:1, ports", "web:1, ready: {http: /ready}, ports")
    .replace("  proxy:", "  old: {image: shop/old:1, ports: {http: 8080}}\n  proxy:")
    .replace("members: [web.http]}}", "members: [web.http, old.http]}}  #! TW312"),
    good=_PROXY.replace("web:1, ports", "web:1, ready: {http: /ready}, ports"),
)
TWO_COUNTS = Code(
    "TW480",
    "the number of instances is said twice",
    Severity.ERROR,
    why="One instance works and `standbys` wait: another number of `replicas` beside that is a slip in one of them.",
    bad="services:\n  web:\n    image: shop/web:1\n    command: [serve]\n    replicas: 3  #! TW480\n    mounts: {/data: news}\n"
    "    mode: {active-standby: {standbys: 1, lock: /data/.lock}}\nvolumes: {news: {access: single-writer}}",
    good="services:\n  web:\n    image: shop/web:1\n    command: [serve]\n    mounts: {/data: news}\n"
    "    mode: {active-standby: {standbys: 1, lock: /data/.lock}}\nvolumes: {news: {access: single-writer}}",
)
CONFIG_FILE = Code(
    "TW436",
    "a config file cannot be used",
    Severity.ERROR,
    why="It is part of what is generated: read when the spec is compiled, as UTF-8 text of at most 500 kB, and copied as it "
    "is. A secret has no place there.",
    bad="services:\n  web:\n    image: shop/web:1\n    configs: {/etc/app.conf: app/none.conf}  #! TW436",
    good="services:\n  web:\n    image: shop/web:1\n    configs: {/etc/app.conf: pages/404.html}",
)
UNKNOWN_DEPENDENCY = _name(
    "TW313",
    "unknown dependency",
    "What a service waits for is another service of the environment; one that is not there never starts.",
    "services:\n  db: {image: shop/db:1, health: {command: [check]}}\n  web:\n    image: shop/web:1\n    depends_on: [db]\n",
    "[db]",
    "[dv]",
)

SECRET_READ = Code(
    "TW466",
    "a secret would be read as a file of the project",
    Severity.ERROR,
    why="What is read when compiling is written into artifacts, which are committed. twipc never opens the file of a secret.",
    bad=_PROXY + "      error_pages:\n        - {status: [404], page: .secrets/token}  #! TW466\n"
    "      stats: {number: 1936, auth: {secret: token}}\nsecrets: {token: {file: .secrets/token}}\n",
    good=_PROXY + "      stats: {number: 1936, auth: {secret: token}}\nsecrets: {token: {file: .secrets/token}}\n",
)

CODES = (
    UNKNOWN_BACKEND,
    UNKNOWN_MEMBER,
    UNKNOWN_PORT,
    UNKNOWN_VOLUME,
    UNKNOWN_SECRET,
    UNKNOWN_ADDRESS,
    EXTERNAL_MEMBER,
    UNKNOWN_NETWORK,
    UNKNOWN_TARGET,
    NO_IMAGE,
    PORT_TWICE,
    PAGE,
    HEALTH_KIND,
    READY_DIFFERS,
    TWO_COUNTS,
    CONFIG_FILE,
    UNKNOWN_DEPENDENCY,
    SECRET_READ,
)
