"""What every nginx of ours has besides its spec: a second statement, held against what the reader finds left over.

Sources: nginx's documentation; headers and `server_tokens` by gixy, which the tests run; timers by what clients see while a
member hangs or dies (tests/conformance/test_nginx.py); refusals by tests/conformance/test_routes.py and test_semantics.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from posixpath import dirname

from twipc.model import Model
from twipc.spec import Duration, Route
from twipc.target import BASELINE, Discovery, FactKey, Facts

from .tree import parse

_EVERY = r"""
worker_processes WORKERS; pcre_jit on; worker_rlimit_nofile 8192; worker_shutdown_timeout DRAIN;
pid /tmp/nginx.pid; error_log /dev/stderr warn;
events { worker_connections 4096; }
http {
  include /etc/nginx/mime.types; default_type application/octet-stream;
  client_body_temp_path /tmp/client_body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
  server_tokens off; sendfile on; tcp_nopush on;
  large_client_header_buffers 4 16k; client_body_timeout 10s;
  map $http_host $refused_host {
    default 1; "" 0; "~*^(?=.{1,260}$)(?:[a-z0-9_-]++(?:[.][a-z0-9_-]++)*+[.]?|[[][0-9a-f:.]++])(?::[0-9]{0,5})?$" 0;
  }
  map "$http_host $request" $refused_url {
    default 1;
    "~*^(\S+?)(?::|:80)? \S+ http://\1(?::|:80)?(?:/\S*)? HTTP/1[.][01]$" $refused_host;
    "~*^(\S+?)(?::|:443)? \S+ https://\1(?::|:443)?(?:/\S*)? HTTP/1[.][01]$" $refused_host;
    "~*^(\S+?):? \S+ [^/]+://\1:?(?:/\S*)? HTTP/1[.][01]$" $refused_host;
  }
  map $request $refused_line {
    default $refused_url; "~^(?!PRI )\S++ /\S*+ HTTP/1[.][01]$" $refused_host;
  }
  map $request_uri $refused_request {
    default $refused_line;
    "~^(?:/(?![.])[\x21\x22\x24\x26-\x2e\x30-\x3e\x40-\x7e]*+)++(?:[?][\x21\x22\x24-\x7e]*+)?$" $refused_line;
    "~*^[^?]*(?:/|%2f)(?:\.|%2e)(?:\.|%2e)?(?:/|%2f|\?|$)" 1; "~[^\x21\x22\x24-\x7e]" 1;
    "~*^[^?]*%(?:[01][0-9a-f]|7f)" 1; "~^[^/]" 1;
  }
  map $uri $refused_path { volatile; default $refused_request; "~^/[.]twipc/" 0; }
  map $http_host $asked_host { default $host; "~(?<host_port>:[0-9]{1,5})$" $host$host_port; }
  SCHEME_PORT
  ASKED
  LAST_UPSTREAM
  LOGGED
  UPGRADE
  SAFELY
  server {
    server_name _; absolute_redirect off; OF_TLS
    if ($refused_path) { return 400; }
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $asked_host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr;
    CAME
    proxy_set_header Forwarded ""; proxy_set_header Proxy "";
  }
  server {
    listen 127.0.0.1:8079; server_name localhost; access_log off;
    location = /health { default_type text/plain; return 200 "alive\n"; }
    location / { return 404; }
  }
}
"""

_ASKED_PORT = 'map $http_host $asked_port { default ASKED_PORT; "~:(?<port>[0-9]{1,5})$" $port; }'
_CAME = """
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $asked_host; proxy_set_header X-Forwarded-Port $asked_port;
"""
"""How a client came here: told by who is asked first."""
_BEHIND = "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;"
_LAST_UPSTREAM = r"""
  map $upstream_addr $last_address { default ""; "~(?<address>[0-9.]+:[0-9]+)$" $address; }
  map $upstream_header_time $last_seconds { default ""; "~(?<seconds>[0-9.]+)$" $seconds; }
"""

_LOGGED = r"""
  map $request $logged_request { default ""; "~^(?<logged_line>UTF8)" $logged_line; }
  map $http_x_forwarded_for $logged_forwarded_for { default ""; "~^(?<logged_client>UTF8)" $logged_client; }
  map $status $logged_status { default $status; "~^0" 0; }
"""
_UTF8 = (
    r"(?:[\x01-\x7f]++|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    r"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*+"
)
"""Bytes that are UTF-8 (RFC 3629, §4)."""
_UPGRADE = r"""
  map $http_upgrade $websocket { default ""; "~*^websocket$" websocket; }
  map $proxy_host $upgrade { default ""; }
  map $upgrade $connection_upgrade { default ""; websocket upgrade; }
"""


_TLS = """
    ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off; ssl_ecdh_curve X25519:prime256v1:secp384r1;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_session_tickets off; ssl_session_cache shared:tls:10m; ssl_session_timeout 1d;
"""
"""ssl-config.mozilla.org, guideline 5.7, intermediate, without DHE."""
_HSTS = 'map $https $hsts { default ""; on "max-age=63072000"; }'


def baseline(model: Model, service: str, discovery: Discovery) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    noun = model.environment.services[service]
    http = noun.http
    assert http, "only http services have a server's configuration"
    # A second before the engine kills.
    drain = max(1000, int(noun.stop_grace) - 1000)
    text = _EVERY.replace("DRAIN", f"{drain}ms" if drain % 1000 else f"{drain // 1000}s")
    text = text.replace("WORKERS", "auto" if noun.resources.cpu is None else str(ceil(noun.resources.cpu / 1000)))
    text = text.replace("LAST_UPSTREAM", _LAST_UPSTREAM if http.expose_headers or http.access_log == "json" else "")
    text = text.replace("LOGGED", _LOGGED.replace("UTF8", _UTF8) if http.access_log == "json" else "")
    tls = http.tls if discovery.secrets == "file" else None
    text = text.replace("OF_TLS", _TLS if tls else "").replace("SAFELY", _HSTS if tls and tls.hsts else "")
    behind = model.is_behind(service)
    text = text.replace("ASKED\n", f"{_BEHIND if behind else _ASKED_PORT}\n").replace("CAME", "" if behind else _CAME)
    scheme = "map $scheme $scheme_port { default 80; https 443; }" if tls and not behind else ""
    text = text.replace("SCHEME_PORT", scheme).replace("ASKED_PORT", "$scheme_port" if tls else "80")
    upgrading = any(backend.websockets for backend in http.backends.values())
    text = text.replace("UPGRADE", _UPGRADE if upgrading else "")
    if upgrading:
        text = text.replace('Connection ""', "Connection $connection_upgrade; proxy_set_header Upgrade $upgrade")
    places: dict[str, object] = dict(parse(text)[0].rest())
    places["server / listen"] = ("default_server",)
    places["location ^~ /.twipc/ / internal"] = ((),)
    places["location ^~ /.twipc/ / root"] = (("/etc/nginx/pages",),)
    if behind and http.access_log == "json":
        places["http / peer"] = "who asks, not whom it asks for"
    if tls:
        places["server / listen by https"] = ("ssl", "default_server")
    if any(_chosen(route, tls is not None) for route in http.routes):
        places["routes / locations that nothing chooses"] = ()
        places["routes / default"] = 1
    hidden = [*sorted(http.response_headers), *(["Strict-Transport-Security"] if tls and tls.hsts else [])]
    if hidden:
        places["http / server / proxy_hide_header"] = tuple((header,) for header in hidden)
    if http.rate_limit:
        places["http / limit_req_status"] = (("429",),)
        places["http / limit_req_log_level"] = (("info",),)
    if any(
        "$" in text
        for text in (
            *(route.files or "" for route in http.routes),
            *(route.redirect.to or "" for route in http.routes if route.redirect),
            *http.response_headers.values(),
            *http.request_headers.values(),
        )
    ):
        places["http / geo"] = (("$dollar",),)
        places["http / geo $dollar / default"] = (("$",),)
    if http.backends:
        places["http / resolver"] = ((discovery.resolver, "valid=1s", "ipv6=off"),)
        places["http / resolver_timeout"] = (("1s",),)
    owned = {name for name, volume in model.environment.volumes.items() if volume.access == "single-writer"}
    keepers = {name for name, one in model.services if owned & {mount.volume for mount in one.mounts.values()}}
    for name in http.backends:
        # Not where instances share the work: they bear one name, and nginx hashes names then (measured; nginx issue 523).
        if http.backends[name].balance == "source" and {one.service for one in model.members[service, name]} <= keepers:
            places[f"upstream {name} / balance by name"] = True
        places[f"upstream {name} / server options"] = (("resolve", "max_fails=1", "fail_timeout=5s"),)
        places[f"upstream {name} / zone"] = ("256k",)
        places[f"upstream {name} / keepalive"] = (("16",),)
        retries = http.backends[name].retries
        if retries:
            # Each try may take as long as it would alone.
            once = int(http.timeouts.connect) + int(http.timeouts.response)
            places[f"upstream {name} / time of all tries"] = (Duration(once * (1 + retries)),)
    return {
        FactKey(BASELINE, (service, "nginx", place)): value for place, value in {**places, **_ready(model, service)}.items()
    }


def _chosen(route: Route, tls: bool) -> bool:
    """Whether more than a path chooses a route."""
    to_https = route.redirect is not None and route.redirect.scheme is not None
    return bool(route.match.host or route.match.method or (tls and to_https))


def _ready(model: Model, service: str) -> Mapping[str, object]:
    ready = model.environment.services[service].ready
    http = model.environment.services[service].http
    if ready is None or http is None:
        return {}
    served = [(route.files, path) for route in http.routes if route.files for path in route.match.prefix or ()]
    folders = sorted({f"{root}{dirname(path)}".rstrip("/").replace("$", "${dollar}") for root, path in served})
    context = f"ready {ready.http.path.split('?')[0]}"
    places: dict[str, object] = {
        f"{context} / access_log": (("off",),),
        f"{context} / default_type": (("text/plain",),),
        f"{context} / return": (("200", "ready\n"),),
    }
    if folders:
        places[f"{context} / if"] = tuple(("(!-d", folder, ")") for folder in folders)
        places |= {f"{context} / if (!-d {folder} ) / return": (("503",),) for folder in folders}
    return places
