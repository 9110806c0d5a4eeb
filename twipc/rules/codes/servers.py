"""What can be wrong between an HTTP server, its engine, its backends and its routes."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import BEFORE, HAPROXY, NGINX

NO_FILES = Code(
    "TW403",
    "haproxy serves no files",
    Severity.ERROR,
    why="It forwards requests; files are served by an nginx that it forwards to.",
    bad=HAPROXY.replace("backend: app}", "files: /srv/static}  #! TW403").replace("status: 404", "backend: app"),
    good=HAPROXY,
)
TOO_MANY_MEMBERS = Code(
    "TW404",
    "more replicas than a backend has room for",
    Severity.ERROR,
    why="A proxy with room for fewer members would never send a request to the rest.",
    bad=HAPROXY.replace("[web.http]}", "[web.http], max_members: 1}").replace("http: 8080}}", "http: 8080}, replicas: 2}", 1),
    good=HAPROXY.replace("[web.http]}", "[web.http], max_members: 4}").replace("http: 8080}}", "http: 8080}, replicas: 2}", 1),
)
DEAD_ROUTE = Code(
    "TW405",
    "a route that no request reaches",
    Severity.WARNING,
    why="The first route that matches wins; all that this one matches is taken before it.",
    bad=NGINX.replace(
        "backend: app}\n      default", "backend: app}\n        - {match: {prefix: /a/}, backend: app}  #! TW405\n      default"
    ),
    good=NGINX,
)
LITERAL_GLOB = Code(
    "TW490",
    "signs of patterns stand for themselves",
    Severity.WARNING,
    why="Elsewhere `[a-z]` is one of many characters and `{a,b}` one of two words. Here a glob has `*`, within a segment, and "
    "`**`, across them; all else is the character itself, and a prefix and an exact path have no signs at all, so no request "
    "is likely to match. Who means the brackets writes the path under `exact` or `prefix`; who means a star there says so "
    "where the finding is ignored.",
    bad=NGINX.replace("match: {prefix: /}", "match: {glob: '/[a-z]/*'}").replace(
        "backend: app}\n      default", "backend: app}  #! TW490\n      default"
    ),
    good=NGINX.replace("match: {prefix: /}", "match: {glob: '/*/*'}"),
)
ENGINE_FLOOR = Code(
    "TW406",
    "the engine is too old",
    Severity.ERROR,
    why="Older versions cannot find members by DNS while they run: scaling would need a reload, and a new address an outage.",
    bad=NGINX.replace('"1.30"}', '"1.22"}  #! TW406'),
    good=NGINX,
)
UNREAD_READY = Code(
    "TW408",
    "a readiness check that nobody asks",
    Severity.WARNING,
    why="Only proxies and load balancers ask for readiness: no backend has this service as a member, and it is not published.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    ready: {http: /ready}  #! TW408",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}",
)
MEMBER_TWICE = Code(
    "TW409",
    "a member stands twice in a backend",
    Severity.ERROR,
    why="It would get twice the requests on one engine and be one member on another.",
    bad=HAPROXY.replace("[web.http]}}", "[web.http, web.http]}}  #! TW409"),
    good=HAPROXY,
)
UNUSED_BACKEND = Code(
    "TW410",
    "a backend that no route leads to",
    Severity.ERROR,
    why="Nobody reaches its members through this server: a route is missing, or the backend is left over.",
    bad=NGINX.replace("[web.http]}}", "[web.http]}, old: {members: [web.http]}}  #! TW410"),
    good=NGINX,
)
NO_STATS = Code(
    "TW411",
    "nginx has no statistics page",
    Severity.ERROR,
    why="Open source nginx counts connections only, and its official image cannot show even those by secret.",
    bad=NGINX
    + "      stats: {number: 1936, auth: {secret: password}}  #! TW411\n"
    + "secrets: {password: {file: .secrets/password}}\n",
    good=NGINX,
)
PROXY_LOOP = Code(
    "TW412",
    "HTTP servers that forward to each other in a circle",
    Severity.ERROR,
    why="A request would go round until a timeout or a limit of connections ends it.",
    bad=NGINX.replace("[web.http]", "[edge.http]  #! TW412\n       ").replace("        }", "}"),
    good=NGINX,
)
ENGINE_COMMAND = Code(
    "TW413",
    "a command in an engine's place",
    Severity.ERROR,
    why="An `http` service runs its engine with the configuration made for it; another command would serve nothing of it.",
    bad=NGINX.replace("  edge:\n", "  edge:\n    command: [sleep, infinity]  #! TW413\n"),
    good=NGINX,
)
OWN_PATH = Code(
    "TW414",
    "a mount over an engine's own files",
    Severity.ERROR,
    why="The engine's configuration, pages, secrets and temporary files lie there: two mounts at one place do not start, and "
    "one above hides the other.",
    bad=NGINX.replace("  edge:\n", "  edge:\n    mounts: {/tmp: files}  #! TW414\n") + "volumes: {files: {access: shared}}\n",
    good=NGINX.replace("  edge:\n", "  edge:\n    mounts: {/srv/static: files}\n") + "volumes: {files: {access: shared}}\n",
)
ENGINE_OWN = Code(
    "TW417",
    "an engine keeps its own",
    Severity.ERROR,
    why="An engine runs as its image's own user on a read-only root with a /tmp of its own, no capabilities and its own signal "
    "for a graceful end: with others it would not start, or end in the middle of a request.",
    bad=NGINX.replace("  edge:\n", '  edge:\n    user: "0"  #! TW417\n'),
    good=NGINX.replace("  edge:\n", "  edge:\n    read_only: true\n"),
)
_LIMITED = """\
services:
  edge:
    image: shop/pages:1
%s    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      routes: [{match: {prefix: /images/}, files: /srv/static}]
      default: {status: 404}
"""
RATE_OF_PROXIES = Code(
    "TW460",
    "a rate limit that counts a proxy as one client",
    Severity.WARNING,
    why="Requests are counted by the address they come from: behind another server of the spec that is this server's, for all "
    "clients together, and a few quick ones shut out the rest. A server that only servers of the spec ask takes their word for "
    "who the client is, and counts each.",
    bad=_LIMITED % "    publish: [{port: http, host: 8081}]\n"
    + "      rate_limit: {requests: 50, per: 1s, burst: 100}  #! TW460\n"
    + BEFORE,
    good=_LIMITED % "" + "      rate_limit: {requests: 50, per: 1s, burst: 100}\n" + BEFORE,
)
NOTHING_THERE = Code(
    "TW725",
    "files that the engine's own image does not have",
    Severity.WARNING,
    why="`files` is a folder in the container, and nothing of the project is copied there. An engine's official image has "
    "none of your files, so that each is answered with 404: they come in an image made from it, or with a volume.",
    bad=_LIMITED.replace("    image: shop/pages:1\n", "").replace("/srv/static}]", "/srv/static}]  #! TW725") % "",
    good=_LIMITED % "",
)

CODES = (
    NO_FILES,
    TOO_MANY_MEMBERS,
    DEAD_ROUTE,
    LITERAL_GLOB,
    ENGINE_FLOOR,
    UNREAD_READY,
    MEMBER_TWICE,
    UNUSED_BACKEND,
    NO_STATS,
    PROXY_LOOP,
    ENGINE_COMMAND,
    OWN_PATH,
    ENGINE_OWN,
    RATE_OF_PROXIES,
    NOTHING_THERE,
)
