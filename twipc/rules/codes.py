"""What can be wrong between the nouns of one environment."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

_SERVER = """\
services:
  web: {image: shop/web:1, ports: {http: 8080}}
  edge:
    http:
      engine: {name: %s, version: "%s"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes:
        - {match: {prefix: /}, backend: app}
      default: {status: 404}
"""
_NGINX = _SERVER % ("nginx", "1.30")
_HAPROXY = _SERVER % ("haproxy", "3.2")

SECOND_WRITER = Code(
    "TW401",
    "a second writer",
    Severity.ERROR,
    why="Two processes on one single-writer volume lose acknowledged writes, and the store may never open again (measured with "
    "Prevayler). Each writer needs a volume of its own, or the volume `access: shared` if what writes it can share.",
    bad="services:\n  web:\n    image: shop/web:1\n    replicas: 2  #! TW401\n    mounts: {/data: news}\n"
    "volumes: {news: {access: single-writer}}",
    good="services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\nvolumes: {news: {access: single-writer}}",
)
HOST_PORT_TWICE = Code(
    "TW402",
    "two services publish one port",
    Severity.ERROR,
    why="An address of a host has each port of a protocol once: the second service would not start, or answer in place of the "
    "first.",
    bad="services:\n  a1:\n    image: shop/a:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "  b1:\n    image: shop/b:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]  #! TW402",
    good="services:\n  a1:\n    image: shop/a:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "  b1:\n    image: shop/b:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 81}]",
)
NO_FILES = Code(
    "TW403",
    "haproxy serves no files",
    Severity.ERROR,
    why="It forwards requests; files are served by an nginx that it forwards to.",
    bad=_HAPROXY.replace("backend: app}", "files: /srv/static}  #! TW403").replace("status: 404", "backend: app"),
    good=_HAPROXY,
)
TOO_MANY_MEMBERS = Code(
    "TW404",
    "more replicas than a backend has room for",
    Severity.ERROR,
    why="A proxy with room for fewer members would never send a request to the rest.",
    bad=_HAPROXY.replace("[web.http]}", "[web.http], max_members: 1}").replace("http: 8080}}", "http: 8080}, replicas: 2}", 1),
    good=_HAPROXY.replace("[web.http]}", "[web.http], max_members: 4}").replace("http: 8080}}", "http: 8080}, replicas: 2}", 1),
)
DEAD_ROUTE = Code(
    "TW405",
    "a route that no request reaches",
    Severity.WARNING,
    why="The first route that matches wins; all that this one matches is taken before it.",
    bad=_NGINX.replace(
        "backend: app}\n      default", "backend: app}\n        - {match: {prefix: /a/}, backend: app}  #! TW405\n      default"
    ),
    good=_NGINX,
)
ENGINE_FLOOR = Code(
    "TW406",
    "the engine is too old",
    Severity.ERROR,
    why="Older versions cannot find members by DNS while they run: scaling would need a reload, and a new address an outage.",
    bad=_NGINX.replace('"1.30"}', '"1.22"}  #! TW406'),
    good=_NGINX,
)
RESERVED_PORT = Code(
    "TW407",
    "a port that an HTTP server keeps for itself",
    Severity.ERROR,
    why="8079 answers for the engine's own health, on the loopback.",
    bad=_NGINX.replace("listen: 8080", "listen: 8079  #! TW407"),
    good=_NGINX,
)
UNREAD_READY = Code(
    "TW408",
    "a readiness check that nobody asks",
    Severity.WARNING,
    why="Only proxies ask for readiness, and no backend has this service as a member.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    ready: {http: /ready}  #! TW408",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}",
)
MEMBER_TWICE = Code(
    "TW409",
    "a member stands twice in a backend",
    Severity.ERROR,
    why="It would get twice the requests on one engine and be one member on another.",
    bad=_HAPROXY.replace("[web.http]}}", "[web.http, web.http]}}  #! TW409"),
    good=_HAPROXY,
)
UNUSED_BACKEND = Code(
    "TW410",
    "a backend that no route leads to",
    Severity.ERROR,
    why="Nobody reaches its members through this server: a route is missing, or the backend is left over.",
    bad=_NGINX.replace("[web.http]}}", "[web.http]}, old: {members: [web.http]}}  #! TW410"),
    good=_NGINX,
)
NO_STATS = Code(
    "TW411",
    "nginx has no statistics page",
    Severity.ERROR,
    why="Open source nginx counts connections only, and its official image cannot show even those by secret.",
    bad=_NGINX
    + "      stats: {number: 1936, auth: {secret: password}}  #! TW411\n"
    + "secrets: {password: {file: .secrets/password}}\n",
    good=_NGINX,
)
PROXY_LOOP = Code(
    "TW412",
    "HTTP servers that forward to each other in a circle",
    Severity.ERROR,
    why="A request would go round until a timeout or a limit of connections ends it.",
    bad=_NGINX.replace("[web.http]", "[edge.http]  #! TW412\n       ").replace("        }", "}"),
    good=_NGINX,
)
ENGINE_COMMAND = Code(
    "TW413",
    "a command in an engine's place",
    Severity.ERROR,
    why="An `http` service runs its engine with the configuration made for it; another command would serve nothing of it.",
    bad=_NGINX.replace("  edge:\n", "  edge:\n    command: [sleep, infinity]  #! TW413\n"),
    good=_NGINX,
)
OWN_PATH = Code(
    "TW414",
    "a mount over an engine's own files",
    Severity.ERROR,
    why="The engine's configuration, pages, secrets and temporary files lie there: two mounts at one place do not start, and "
    "one above hides the other.",
    bad=_NGINX.replace("  edge:\n", "  edge:\n    mounts: {/tmp: files}  #! TW414\n") + "volumes: {files: {access: shared}}\n",
    good=_NGINX.replace("  edge:\n", "  edge:\n    mounts: {/srv/static: files}\n") + "volumes: {files: {access: shared}}\n",
)
ENGINE_OWN = Code(
    "TW417",
    "an engine keeps its own",
    Severity.ERROR,
    why="An engine runs as its image's own user on a read-only root with a /tmp of its own, no capabilities and its own signal "
    "for a graceful end: with others it would not start, or end in the middle of a request.",
    bad=_NGINX.replace("  edge:\n", '  edge:\n    user: "0"  #! TW417\n'),
    good=_NGINX.replace("  edge:\n", "  edge:\n    read_only: true\n"),
)
SAME_PLACE = Code(
    "TW418",
    "two things at one place of a container",
    Severity.ERROR,
    why="One hides the other, or the container does not start: what is kept would be lost, or the other way round.",
    bad="services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\n    tmpfs: [/data]  #! TW418\n"
    "volumes:\n  news: {access: single-writer}",
    good="services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\n    tmpfs: [/tmp]\n"
    "volumes:\n  news: {access: single-writer}",
)
NO_LIMIT = Code(
    "TW420",
    "a limit that the kernel refuses",
    Severity.ERROR,
    why="Linux has a most of open files for every process, whoever asks: a container without that limit does not start.",
    bad="services:\n  web:\n    image: shop/web:1\n    ulimits: {nofile: -1}  #! TW420",
    good="services:\n  web:\n    image: shop/web:1\n    ulimits: {nofile: 65536, memlock: -1}",
)
_WAITS = """\
services:
  db: {image: shop/db:1, health: {command: [check]}}
  web:
    image: shop/web:1
    depends_on: [db]
"""
WAITING_LOOP = Code(
    "TW445",
    "services wait for each other",
    Severity.ERROR,
    why="Each waits for the next, and none of them starts.",
    bad=_WAITS.replace("[check]}}", "[check]}, depends_on: [{service: web, condition: started}]}  #! TW445"),
    good=_WAITS,
)
WAITS_TWICE = Code(
    "TW446",
    "a dependency stands twice",
    Severity.ERROR,
    why="A service waits for another until one condition holds; of two, a target would take one, and drop the other.",
    bad=_WAITS.replace("[db]", "[db, {service: db, condition: started}]  #! TW446"),
    good=_WAITS,
)
NEVER_HEALTHY = Code(
    "TW447",
    "waiting for the health of what has no health",
    Severity.ERROR,
    why="Nobody asks it, so it never becomes healthy: Docker accepts the file, and fails when the environment is started.",
    bad=_WAITS.replace(", health: {command: [check]}", "").replace("[db]", "[db]  #! TW447"),
    good=_WAITS.replace(", health: {command: [check]}", "").replace("[db]", "[{service: db, condition: started}]"),
)
NEVER_STARTED = Code(
    "TW448",
    "waiting for what has no instance",
    Severity.ERROR,
    why="With `replicas: 0` nothing of it starts: there is nothing to wait for, and the service would find nobody.",
    bad=_WAITS.replace("shop/db:1,", "shop/db:1, replicas: 0,").replace("[db]", "[db]  #! TW448"),
    good=_WAITS,
)
OWN_LABEL = Code(
    "TW449",
    "a host's label that is twipc's own",
    Severity.ERROR,
    why="Labels of a node that begin with `<project>-<environment>.` say which volumes lie there: a constraint on one of them "
    "would be taken for a volume's.",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n"
    "    placement: {constraints: {shop-prod.disk: ssd}}  #! TW449",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    placement: {constraints: {disk: ssd}}",
)
ONE_PER_HOST = Code(
    "TW450",
    "more instances on a host than it has ports for",
    Severity.ERROR,
    why="A host has each port once: a service with a fixed host port has one instance on each, whatever it says.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "    placement: {max_per_host: 2}  #! TW450",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "    placement: {max_per_host: 1}",
)
BLIND_MONITOR = Code(
    "TW451",
    "an update that looks away too early",
    Severity.WARNING,
    why="While an instance starts, its failed checks do not count: one that never becomes healthy is found out only after "
    "`start_period` and all its `failures`, when nobody watches any more, and nothing is rolled back.",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    health: {command: [check]}\n"
    "    rollout: {monitor: 30s}  #! TW451",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    health: {command: [check]}\n"
    "    rollout: {monitor: 1m}",
)
_JOB = """\
services:
  migrate: {kind: job, image: shop/migrate:1}
  web:
    image: shop/web:1
    depends_on: [{service: migrate, condition: completed}]
"""
NOT_OF_JOBS = Code(
    "TW452",
    "what a job does not have",
    Severity.ERROR,
    why="A job runs to its end, once: nobody asks whether it lives or is ready, nobody reaches it from outside, there "
    "is one of it, and it is not replaced while it runs. One that is always started again never ends.",
    bad=_JOB.replace("migrate:1}", "migrate:1, restart: always}  #! TW452"),
    good=_JOB,
)
JOB_MEMBER = Code(
    "TW453",
    "a job that others would reach",
    Severity.ERROR,
    why="A job does its work and ends: a proxy, or who has its address, would find nobody.",
    bad=_HAPROXY.replace("shop/web:1, ports", "shop/web:1, kind: job, ports").replace("[web.http]}}", "[web.http]}}  #! TW453"),
    good=_HAPROXY,
)
NEVER_ENDS = Code(
    "TW454",
    "waiting for the end of what does not end",
    Severity.ERROR,
    why="Only a job comes to its end: who waits until a service is `completed` never starts.",
    bad=_JOB.replace("kind: job, ", "").replace("completed}]", "completed}]  #! TW454"),
    good=_JOB,
)
UNUSED = Code(
    "TW415",
    "something that nothing uses",
    Severity.WARNING,
    why="It is left over, or the service that should use it does not: a journal without a mount is written into a container's "
    "own files, and gone with it.",
    bad="services: {web: {image: shop/web:1}}\nvolumes:\n  news: {access: single-writer}  #! TW415",
    good="services:\n  web: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n  news: {access: single-writer}",
)
EXTERNAL_NAME = Code(
    "TW426",
    "what is external has the name of a service here",
    Severity.ERROR,
    why="`db.sql` would mean two things; and a service of that name here answers in place of the one elsewhere.",
    bad="services:\n  db: {image: shop/db:1, ports: {sql: 5432}}\n  web: {image: shop/web:1, env: {DB: {address: db.sql}}}\n"
    "external:\n  db: {host: db.example.com, ports: {sql: 5432}}  #! TW426",
    good="services:\n  web: {image: shop/web:1, env: {DB: {address: db.sql}}}\n"
    "external:\n  db: {host: db.example.com, ports: {sql: 5432}}",
)
NOT_TCP = Code(
    "TW427",
    "HTTP is asked of a UDP port",
    Severity.ERROR,
    why="Health, readiness and requests to members are HTTP over TCP: on a UDP port nobody would answer.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {dns: {number: 53, protocol: udp}}\n"
    "    health: {http: {path: /up, port: dns}}  #! TW427",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {dns: {number: 53, protocol: udp}, http: 8080}\n"
    "    health: {http: {path: /up, port: http}}",
)
NOT_TOGETHER = Code(
    "TW429",
    "services that should reach each other share no network",
    Severity.ERROR,
    why="A name is known only on the networks of its service: a proxy would find no member, and a variable would hold an "
    "address that leads nowhere. Services without `networks` are on one default network, and on no other.",
    bad=_HAPROXY.replace("8080}}", "8080}, networks: [back]}", 1).replace("[web.http]}}", "[web.http]}}  #! TW429")
    + "networks: {back: {}}\n",
    good=_HAPROXY.replace("8080}}", "8080}, networks: [back]}", 1).replace("  edge:\n", "  edge:\n    networks: [back]\n")
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
REDIRECT_LOOP = Code(
    "TW455",
    "a redirect that leads back to itself",
    Severity.ERROR,
    why="A browser gives up after some twenty rounds, other clients go on: nobody ever gets an answer.",
    bad=_NGINX.replace("routes:\n", "routes:\n        - {match: {prefix: /old/}, redirect: /old/index.html}  #! TW455\n"),
    good=_NGINX.replace("routes:\n", "routes:\n        - {match: {exact: /old/}, redirect: /old/index.html}\n"),
)
_TLS = _NGINX.replace("  edge:\n", "  edge:\n    publish: [{port: http, host: 80}, {port: https, host: 9443}]\n").replace(
    "routes:\n", "tls: {listen: 8443, certificate: edge-cert}\n      routes:\n"
)
_SENT = "routes:\n        - {match: {prefix: /}, redirect: {scheme: https%s}}%s\n"
_PEM = "secrets: {edge-cert: {file: .secrets/edge.pem}}\n"
HTTPS_ELSEWHERE = Code(
    "TW456",
    "clients are sent to a port for https that is not published",
    Severity.WARNING,
    why="They ask at the port that the redirect says, 443 if it says none: unless something else leads from there to the "
    "published one, nobody answers.",
    bad=_TLS.replace("routes:\n", _SENT % ("", "  #! TW456")) + _PEM,
    good=_TLS.replace("routes:\n", _SENT % (", port: 9443", "")) + _PEM,
)
HTTP_TO_HTTPS = Code(
    "TW457",
    "plain HTTP is sent to a port for https",
    Severity.ERROR,
    why="Proxies and checks here speak plain HTTP: a port for https answers each of their requests with an error.",
    bad=_TLS.replace("routes:\n", _SENT % (", port: 9443", ""))
    + '  front:\n    http:\n      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n'
    "      backends: {edge: {members: [edge.https]}}  #! TW457\n      default: {backend: edge}\n" + _PEM,
    good=_TLS.replace("routes:\n", _SENT % (", port: 9443", ""))
    + '  front:\n    http:\n      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n'
    "      backends: {edge: {members: [edge.http]}}\n      default: {backend: edge}\n" + _PEM,
)
PLAIN_SECRET = Code(
    "TW465",
    "a literal that looks like a secret",
    Severity.WARNING,
    why="What stands in a spec is in its repository and history, in every artifact, in `docker inspect` and in the console of "
    "AWS. A secret says where each target finds it, and its value never passes through twipc.",
    bad='services:\n  web:\n    image: shop/web:1\n    env: {DB_PASSWORD: "hunter2"}  #! TW465',
    good="services:\n  web:\n    image: shop/web:1\n    secrets: [db-password]\n"
    "    env: {DB_PASSWORD_FILE: /run/secrets/db-password}\nsecrets: {db-password: {file: .secrets/db-password}}",
)
SAME_NAME = Code(
    "TW416",
    "two environments with one name",
    Severity.ERROR,
    why="`<project>-<environment>` names compose projects, stacks and task families: one environment would replace the other's "
    "containers, on the same volumes.",
    raised_by="two specs in one folder whose project and environment come to the same name",
)
RATE_OF_PROXIES = Code(
    "TW460",
    "a rate limit that counts a proxy as one client",
    Severity.WARNING,
    why="Requests are counted by the address they come from: behind another server of the spec that is this server's, for all "
    "clients together, and a few quick ones shut out the rest.",
    bad=_NGINX
    + "      rate_limit: {requests: 50, per: 1s, burst: 100}  #! TW460\n"
    + '  outer:\n    http:\n      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n'
    + "      backends: {app: {members: [edge.http]}}\n      default: {backend: app}\n",
    good=_NGINX + "      rate_limit: {requests: 50, per: 1s, burst: 100}\n",
)

TWO_PLACES = Code(
    "TW437",
    "an instance's own volume at two places",
    Severity.ERROR,
    why="Of a `per-replica` or `scratch` volume each instance has one. At a second place some targets would give it another, "
    "so that what is written here is not there.",
    bad="services:\n  web:\n    image: shop/web:1\n    mounts: {/a: cache, /b: cache}  #! TW437\n"
    "volumes: {cache: {access: per-replica, retention: delete}}",
    good="services:\n  web:\n    image: shop/web:1\n    mounts: {/a: cache}\n"
    "volumes: {cache: {access: per-replica, retention: delete}}",
)
HOST_FOLDER = Code(
    "TW438",
    "a folder that the host itself lives in",
    Severity.ERROR,
    why="Who can read or write there can take over the host, or every container on it: the engine's socket, its data, "
    "programs, devices, keys.",
    bad="services:\n  web: {image: shop/web:1, mounts: {/a: disk}}\nvolumes:\n  disk: {access: read-only, host: /}  #! TW438",
    good="services:\n  web: {image: shop/web:1, mounts: {/a: disk}}\nvolumes:\n  disk: {access: read-only, host: /srv/web}",
)
LOCKS_OF_A_SERVER = Code(
    "TW439",
    "a single writer on NFS",
    Severity.WARNING,
    why="Whether a lock there keeps a second writer out, and how soon it is free when its holder dies, depends on the server: "
    "NFS 4.1 renews a lease, and a client that was cut off may still write what it had in mind.",
    bad="services:\n  web: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n"
    "  news:\n    access: single-writer\n    nfs: {server: nfs.example.com, path: /news}  #! TW439",
    good="services:\n  web: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n"
    "  news:\n    access: shared\n    nfs: {server: nfs.example.com, path: /news}",
)

CODES = (
    SECOND_WRITER,
    HOST_PORT_TWICE,
    NO_FILES,
    TOO_MANY_MEMBERS,
    DEAD_ROUTE,
    ENGINE_FLOOR,
    RESERVED_PORT,
    UNREAD_READY,
    MEMBER_TWICE,
    UNUSED_BACKEND,
    NO_STATS,
    PROXY_LOOP,
    ENGINE_COMMAND,
    OWN_PATH,
    ENGINE_OWN,
    SAME_PLACE,
    TWO_PLACES,
    HOST_FOLDER,
    LOCKS_OF_A_SERVER,
    NO_LIMIT,
    WAITING_LOOP,
    WAITS_TWICE,
    NEVER_HEALTHY,
    NEVER_STARTED,
    OWN_LABEL,
    ONE_PER_HOST,
    BLIND_MONITOR,
    NOT_OF_JOBS,
    JOB_MEMBER,
    NEVER_ENDS,
    UNUSED,
    EXTERNAL_NAME,
    NOT_TCP,
    NOT_TOGETHER,
    ALIAS_TAKEN,
    NETWORK_TWICE,
    NO_WAY,
    REDIRECT_LOOP,
    HTTPS_ELSEWHERE,
    HTTP_TO_HTTPS,
    PLAIN_SECRET,
    SAME_NAME,
    RATE_OF_PROXIES,
)
