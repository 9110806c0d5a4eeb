"""All mistakes of a file are told in one run, whichever pass finds them; none that only follows from another is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli import HEAD, project, run
from tests.cli.test_codes import MARK, lint, whole

PROXY = """\
  proxy:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
"""

SEVERAL: Mapping[str, str] = {
    "a bad name and links to nothing": """\
project: Shop_X  #! TW202
services:
  web:
    image: shop/web:1
    mounts: {/data: nws}  #! TW304
    depends_on: [dv]  #! TW313
  db: {image: shop/db:1}
volumes: {news: {access: shared}}
""",
    "a key that stands twice, a value and a link": """\
services:
  web:
    image: shop/web:1
    image: shop/web:2  #! TW102
    replicas: many  #! TW202
    mounts: {/data: nws}  #! TW304
volumes: {news: {access: shared}}
""",
    "a key that stands twice, and what only a rule sees": """\
services:
  web:
    image: shop/web:1
    image: shop/web:1  #! TW102
    mounts: {/data: news}
    tmpfs: [/data]  #! TW418
volumes: {news: {access: shared}}
""",
    "a service that stands twice, and mistakes in both": """\
services:
  web:
    image: shop/web:1
    replicas: many  #! TW202
  web:  #! TW102
    mounts: {/data: nws}  #! TW304
volumes: {news: {access: shared}}
""",
    "no file to extend, a value and an unknown field": """\
extends: bsae.yaml  #! TW207
services:
  web:
    replicas: -1  #! TW202
    mounts: {/data: news}
    replcias: 2  #! TW201
""",
    "no config file, and what only a rule sees": """\
services:
  web:
    image: shop/web:1
    configs: {/etc/app.conf: app/none.conf}  #! TW436
    mounts: {/data: news}
    tmpfs: [/data]  #! TW418
volumes: {news: {access: shared}}
""",
    "no error page, a secret for one, and what only a rule sees": f"""\
services:
  web: {{image: shop/web:1, ports: {{http: 80}}, secrets: [key]}}
{PROXY}\
      error_pages:
        - {{status: [404], page: none.html}}  #! TW310
        - {{status: [500], page: .secrets/key}}  #! TW466
    publish: [{{port: http, host: 80}}]  #! COMPOSE101
    replicas: 2
secrets: {{key: {{file: .secrets/key}}}}
""",
    "an item of a list, and a link of another": """\
services:
  web: {image: shop/web:1, ports: {http: 80}}
  proxy:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes:
        - {match: {prefix: no-slash}, backend: app}  #! TW202
        - {match: {prefix: /}, backend: ap}  #! TW301
      default: {status: 404}
""",
    "parts that a server, a route and a port need, and links beside them": """\
services:
  web: {image: shop/web:1, ports: {http: 80}, publish: [{port: htp, host: 99999}]}  #! TW202 #! TW303
  proxy:
    http:
      engine: {name: caddy, version: "2.0"}  #! TW202
      listen: 80  #! TW202
      tls: {listen: 443, certificate: tls-kye}  #! TW202 #! TW305
      backends: {app: {members: [web.http, wbe.http]}}  #! TW302
      routes: [{match: {prefix: no-slash}, backend: ap}]  #! TW202 #! TW301
      default: {status: 200}  #! TW202
secrets: {tls-key: {file: .secrets/tls-key}}
""",
    "names that are none, and links in what has them": """\
services:
  Web:  #! TW202
    image: shop/web:1
    ports: {HTTP: 80}  #! TW202
    mounts: {/data: nws, relative: news}  #! TW202 #! TW304
    env: {"A=B": x, C: {address: db.sql}}  #! TW202 #! TW306
volumes: {News: {acess: shared}, news: {access: shared}}  #! TW202 #! TW201
""",
    "an alias, a tag, a number as key, and a link": """\
services:
  web:
    image: !!str "shop/web:1"  #! TW108
    command: *words  #! TW103
    env: {1: "x", DB: {address: db.sq}}  #! TW104 #! TW306
  db: {image: shop/db:1, ports: {sql: 5432}}
""",
    "an unknown target, an option of another, and no image": """\
targets:
  compsoe: {}  #! TW307
  swarm: {discovery: dsnrr}  #! TW202
services:
  web: {build: app/web}  #! TW308
""",
    "two documents, and a link": """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services: {web: {image: shop/web:1, mounts: {/data: news}}}  #! TW304
---  #! TW105
""",
    "from nowhere, and a value": """\
services:
  web1: {from: web, replicas: many}  #! TW202 #! TW208
  web2: {image: shop/web:1, depends_on: [wbe]}  #! TW313
""",
    "another name than the file, and a link": """\
environment: live  #! TW206
services: {web: {image: shop/web:1, networks: [back]}}  #! TW428
""",
    "two kinds of a route and of a variable, and values beside them": """\
services:
  web:
    image: shop/web:1
    ports: {http: 80}
    env: {A: {value: x, secret: key}, B: {value: 5, secret: key}}  #! TW204 #! TW204 #! TW202 #! TW305 #! TW305
  proxy:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes:
        - {match: {exact: [/x, x]}, backend: app, files: /srv}  #! TW204 #! TW202
        - {match: {prefix: /y}, backend: ap, files: srv}  #! TW204 #! TW202 #! TW301
        - {match: {host: [shop.example.com, -]}, backend: app}  #! TW204 #! TW202
      default: {status: 404}
""",
    "a value, and what is wrong of the same service by itself": """\
services:
  web:
    image: shop/web:1
    replicas: two  #! TW202
    env: {API_TOKEN: hunter22, DB_PASSWORD: 12345}  #! TW465 #! TW202 #! TW465
    logging: {driver: local, options: {max-siez: 10m}}  #! TW422
    capabilities: [CHOWN, CHOWN, chown]  #! TW202 #! TW202
    tmpfs: [/data, /data]  #! TW418
  init: {image: shop/web:1, kind: job, replicas: two, ready: {http: /up}}  #! TW202 #! TW452 #! TW303
""",
    "values of a server, and what its engine and its routes are": """\
services:
  web: {image: shop/web:1, ports: {http: 80}}
  proxy:
    command: [serve]  #! TW413
    http:
      engine: {name: nginx, version: "1.2"}  #! TW406
      listen: 8080
      tls: {listen: 8443, certificate: key, hsts: 1y}  #! TW202
      backends: {app: {members: [web.http]}}
      request_headers: {X-A: x, x-a: y}  #! TW202
      routes:
        - {match: {glob: "/a***"}, backend: app}  #! TW202
        - {match: {glob: "/[ab]"}, backend: ap}  #! TW490 #! TW301
      default: {status: 404}
secrets: {key: {file: .secrets/key}}
""",
    "parts that are missing, and what stands beside them": """\
services:
  web: {image: shop/web:1, ports: {http: 80}, publish: [{port: htp}]}  #! TW203 #! TW303
  proxy:
    http:  #! TW203 #! TW203 #! TW203
      tls: {certificate: kye}  #! TW203 #! TW305
      backends: {app: {members: [web.http]}}
      routes: [{match: {}, backend: ap}, {backend: up}]  #! TW204 #! TW301 #! TW203 #! TW301
secrets: {key: {file: .secrets/key}}
""",
    "parts that do not go together, and others": """\
services:
  web: {image: shop/web:1, ports: {http: 80}, mounts: {/a: news, /b: nfs}}
  proxy:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      tls: {listen: 8443, certificate: key}  #! TW202
      stats: {number: 9000, auth: {secret: key}}  #! TW411
      backends: {app: {members: [web.htp]}}  #! TW302
      response_headers:
        Strict-Transport-Security: max-age=1  #! TW202
        x-b: z
        X-B: z  #! TW202
      routes: [{match: {prefix: /}, backend: ap}]  #! TW301
      default: {status: 404}
volumes:
  news: {access: scratch, host: /srv, retention: keep}  #! TW202 #! TW202
  nfs: {access: shared, driver: {name: local, options: {type: nfs, o: bind}}}  #! TW202 #! TW202
secrets: {key: {file: .secrets/key}}
""",
}
"""Independent mistakes of different passes: each is told."""

FOLLOWED: Mapping[str, str] = {
    "a misspelt kind of noun": "volums: {news: {access: shared}}  #! TW201\n"
    "services: {web: {image: shop/web:1, mounts: {/data: news}}}\n",
    "another tool's word for it": "storages: {news: {access: shared}}  #! TW201\n"
    "services: {web: {image: shop/web:1, mounts: {/data: news}}}\n",
    "a misspelt field of a link's end": "services:\n  web: {image: shop/web:1, prots: {http: 80},  #! TW201\n"
    "    publish: [{port: http, host: 80}]}\n",
    "a misspelt image": "services:\n  web: {imgae: shop/web:1}  #! TW201\n",
    "a misspelt field that is needed": "services:\n  web: {image: shop/web:1, ports: {http: 80},\n"
    "    publish: [{port: http, hsot: 80}]}  #! TW201\n",
    "a misspelt extends": "extend: base.yaml  #! TW201\nservices: {web: {mounts: {/data: news}}}\n",
    "a misspelt from": "services: {web: {form: base, mounts: {/data: news}}}  #! TW201\nvolumes: {news: {access: shared}}\n",
    "a service whose name is none": "services:\n  Web: {image: shop/web:1, ports: {http: 80}}  #! TW202\n"
    "  db: {image: shop/db:1, depends_on: [Web], env: {WEB: {address: Web.http}}}  #! TW202\n",
    "a service that is none": "services:\n  web: 5  #! TW202\n  db: {image: shop/db:1, depends_on: [web]}\n",
    "a volume without its access": "services: {web: {image: shop/web:1, mounts: {/data: news}}}\nvolumes:\n"
    "  news: {acess: shared}  #! TW201\n",
    "the listener of a server": "services:\n  web: {image: shop/web:1, ports: {http: 80}}\n"
    + PROXY.replace("listen: 8080", "listen: 0  #! TW202")
    + "    publish: [{port: http, host: 80}]\n",
    "the engine of a server": "services:\n  web: {image: shop/web:1, ports: {http: 80}}\n"
    + PROXY.replace('"3.2"}', '"3.2", nmae: x}  #! TW201')
    + "    publish: [{port: http, host: 80}]\n    health: {interval: 5s}\n",
    "the number of a listener, beside what stands in for it": "services:\n  web: {image: shop/web:1, ports: {http: 80}}\n"
    + PROXY.replace("listen: 8080", "listen: 80808  #! TW202")
    + "    ports: {old: 8080}\n",
    "the protocol of a port": "services:\n  web:\n    image: shop/web:1\n"
    "    ports: {tcp: 53, udp: {number: 53, protocol: upd}}  #! TW202\n",
    "the place of a secret": "services:\n  web:\n    image: shop/web:1\n"
    "    secrets: [key, {secret: key, path: here}]  #! TW202\nsecrets: {key: {file: .secrets/key}}\n",
    "where a route leads": "services:\n  web: {image: shop/web:1, ports: {http: 80}}\n"
    + PROXY.replace(
        "routes: [", "routes: [{match: {exact: /News}, backend: 5}, {match: {exact: /news}, backend: app}, "
    ).replace("backend: app}]", "backend: app}]  #! TW202"),
    "a part of a mode": "services:\n  web:\n    image: shop/web:1\n    command: [serve]\n    replicas: 3\n"
    "    mounts: {/data: news}\n    mode: {active-standby: {standbys: x, lock: /data/.lock}}  #! TW202\n"
    "volumes: {news: {access: single-writer}}\n",
    "an alias for a service": "services:\n  web: *web  #! TW103\n  db: {image: shop/db:1, depends_on: [web]}\n",
    "a merge key": "services:\n  web:\n    <<: {ports: {http: 80}, image: shop/web:1}  #! TW103\n"
    "    publish: [{port: http, host: 80}]\n",
    "an alias for all targets": "targets: [*compose]  #! TW103\nservices: {web: {image: shop/web:1}}\n",
    "a tag on a number": 'services: {web: {image: shop/web:1, replicas: !!int "3"}}  #! TW108\n',
    "a number as the name of a service": "services:\n  1: {image: shop/web:1}  #! TW104\n"
    '  db: {image: shop/db:1, depends_on: ["1"]}  #! TW202\n',
    "services that stand twice": "services: {web: {image: shop/web:1}}\n"
    "services: {db: {image: shop/db:1, depends_on: [web]}}  #! TW102\n",
    "two kinds under one key that stands twice": "services:\n  web:\n    image: shop/web:1\n    ports: {http: 80}\n"
    "    health: {http: /up}\n    health: {command: [check]}  #! TW102\n",
    "no file to extend": "extends: bsae.yaml  #! TW207\nservices:\n  web: {}\n  web1: {from: web, env: null}\n"
    "  db: {image: shop/db:1, depends_on: [web, cache], mounts: {/data: news}, secrets: [key]}\n",
    "secrets that are none": "services:\n  web: {image: shop/web:1, secrets: [key], configs: {/a: .secrets/key}}\n"
    "secrets: {key: .secrets/key}  #! TW202\n",
    "an unknown target that a loss is accepted for": "targets: {swram: {}}  #! TW307\nservices: {web: {image: shop/web:1}}\n"
    "accept:\n  - {code: TW512, at: services.web.publish.http, target: swarm, because: known}\n",
}
"""One mistake, and what would only follow from it: it alone is told, with what else is marked."""


def test_a_bad_extended_file_is_told_with_what_is_wrong_in_the_spec(tmp_path: Path) -> None:
    base = f"{HEAD}services: {{web: {{image: shop/web:1, image: shop/web:2}}, db: {{image: 5}}}}\n"
    prod = f"{HEAD}environment: prod\ntargets: {{compose: {{}}}}\nextends: base.yaml\n"
    prod += "services: {web: {mounts: {/data: news}}, db: {}}\n"
    told = run("lint", "prod", "--format", "json", at=project(tmp_path, base=base, prod=prod))
    assert [(one["code"], one["span"]["file"]) for one in told.findings] == [
        ("TW102", "specs/base.yaml"),
        ("TW202", "specs/base.yaml"),
        ("TW304", "specs/prod.yaml"),
    ]


def test_a_misspelt_environment_is_no_fragment(tmp_path: Path) -> None:
    prod = f"{HEAD}enviroment: prod\ntargets: {{compose: {{}}}}\nservices: {{web: {{image: shop/web:1}}}}\n"
    told = run("lint", "--format", "json", at=project(tmp_path, prod=prod))
    assert [(one["code"], one["help"]) for one in told.findings] == [("TW201", "did you mean `environment`?")]


def test_what_is_not_yaml_hides_what_it_holds_and_nothing_else(tmp_path: Path) -> None:
    prod = f"{HEAD}environment: prod\ntargets: {{compose: {{}}}}\nextends: base.yaml\nservices: {{web: {{replicas: x}}}}\n"
    told = run("lint", "prod", "--format", "json", at=project(tmp_path, base="services: {web: [}\n", prod=prod))
    assert told.codes == ["TW101", "TW202"]


@pytest.mark.parametrize("spec", [*SEVERAL.values(), *FOLLOWED.values()], ids=[*SEVERAL, *FOLLOWED])
def test_each_mistake_is_told_and_nothing_that_follows_from_it(spec: str, tmp_path: Path) -> None:
    spec = whole(spec)
    marked = [(code, number) for number, line in enumerate(spec.splitlines(), 1) for code in MARK.findall(line)]
    assert sorted(lint(tmp_path, spec)) == sorted(marked)
