"""What every nginx of ours has besides its spec: a second statement, held against what the reader finds left over.

Sources: timers, limits and refusals as measured in traps §2.4, §4 and §5; the JSON log names the peer (gold, NOTES).
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname

from twipc.model import Model
from twipc.spec import Duration
from twipc.target import BASELINE, Discovery, FactKey, Facts

from .tree import parse

_EVERY = r"""
worker_processes auto; worker_rlimit_nofile 8192; worker_shutdown_timeout 10s;
pid /tmp/nginx.pid; error_log /dev/stderr warn;
events { worker_connections 2048; }
http {
  include /etc/nginx/mime.types; default_type application/octet-stream;
  client_body_temp_path /tmp/client_body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
  server_tokens off; sendfile on; tcp_nopush on;
  large_client_header_buffers 4 16k; client_body_timeout 10s;
  map $request_uri $refused_request {
    default 0; "~*^[^?]*(?:/|%2f)(?:\.|%2e)(?:\.|%2e)?(?:/|%2f|\?|$)" 1; "~[^\x21\x22\x24-\x7e]" 1;
    "~*^[^?]*%(?:[01][0-9a-f]|7f)" 1; "~^[^/]" 1;
  }
  map $uri $refused_path { volatile; default $refused_request; "~^/[.]twipc/" 0; }
  map $http_host $asked_host { default $host; "~(?<host_port>:[0-9]{1,5})$" $host$host_port; }
  map $http_host $asked_port { default 80; "~:(?<port>[0-9]{1,5})$" $port; }
  LAST_UPSTREAM
  LOGGED
  UPGRADE
  server {
    server_name _; absolute_redirect off;
    if ($refused_path) { return 400; }
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $asked_host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $asked_host; proxy_set_header X-Forwarded-Port $asked_port;
    proxy_set_header Forwarded ""; proxy_set_header Proxy "";
  }
  server {
    listen 127.0.0.1:8079; server_name localhost; access_log off;
    location = /health { default_type text/plain; return 200 "alive\n"; }
    location / { return 404; }
  }
}
"""

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


def baseline(model: Model, service: str, discovery: Discovery) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    http = model.environment.services[service].http
    assert http, "only http services have a server's configuration"
    text = _EVERY.replace("LAST_UPSTREAM", _LAST_UPSTREAM if http.expose_headers or http.access_log == "json" else "")
    text = text.replace("LOGGED", _LOGGED.replace("UTF8", _UTF8) if http.access_log == "json" else "")
    upgrading = any(backend.websockets for backend in http.backends.values())
    text = text.replace("UPGRADE", _UPGRADE if upgrading else "")
    if upgrading:
        text = text.replace('Connection ""', "Connection $connection_upgrade; proxy_set_header Upgrade $upgrade")
    places: dict[str, object] = dict(parse(text)[0].rest())
    places["server / listen"] = ("default_server",)
    places["location ^~ /.twipc/ / internal"] = ((),)
    places["location ^~ /.twipc/ / root"] = (("/etc/nginx/pages",),)
    if any(route.match.host or route.match.method for route in http.routes):
        places["routes / locations that nothing chooses"] = ()
    if http.response_headers:
        places["http / server / proxy_hide_header"] = tuple((header,) for header in sorted(http.response_headers))
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
    for name in http.backends:
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


def _ready(model: Model, service: str) -> Mapping[str, object]:
    ready = model.environment.services[service].ready
    http = model.environment.services[service].http
    if ready is None or http is None:
        return {}
    served = [(route.files, path) for route in http.routes if route.files for path in route.match.prefix or ()]
    folders = sorted({f"{root}{dirname(path)}".rstrip("/").replace("$", "${dollar}") for root, path in served})
    context = f"ready {ready.http.path}"
    places: dict[str, object] = {
        f"{context} / access_log": (("off",),),
        f"{context} / default_type": (("text/plain",),),
        f"{context} / return": (("200", "ready\n"),),
    }
    if folders:
        places[f"{context} / if"] = tuple(("(!-d", folder, ")") for folder in folders)
        places |= {f"{context} / if (!-d {folder} ) / return": (("503",),) for folder in folders}
    return places
