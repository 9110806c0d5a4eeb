"""A change for each field of the language: a spec that says it, where, and another value that is legal there."""

from __future__ import annotations

import json
from typing import Any

from tests.strategies import Spec

_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/"


def _server(engine: str, version: str) -> Spec:
    """One engine before one app, with every field that the engine can have."""
    http: Spec = {
        "engine": {"name": engine, "version": version},
        "listen": {"port": "http", "number": 8080},
        "tls": {"listen": {"port": "https", "number": 8443}, "certificate": "edge-cert", "hsts": True},
        "backends": {
            "app": {
                "members": ["web.http"],
                "balance": "source",
                "sticky": {"cookie": "SRV"},
                "retries": 1,
                "websockets": "9m",
                "hold": "1700ms",
                "max_members": 9,
            }
        },
        "routes": [{"match": {"prefix": ["/a/"]}, "backend": "app"}],
        "default": {"status": 404},
        "timeouts": {"request": "4s", "idle": "9s", "connect": "400ms", "response": "3s"},
        "max_body": "2MiB",
        "error_pages": [{"status": [404], "page": "pages/404.html"}],
        "expose_headers": {"X-Took": "request-time"},
        "response_headers": {"Referrer-Policy": "no-referrer"},
        "request_headers": {"X-Env": "prod"},
        "access_log": "json",
        "rate_limit": {"requests": 50, "per": "1s", "burst": 100},
    }
    if engine == "haproxy":
        http["stats"] = {"port": "stats", "number": 1936, "auth": {"secret": "one"}}
    service: Spec = {"http": http, "publish": [{"port": "http", "host": 80}], "resources": {"cpu": 0.25, "memory": "128MiB"}}
    service["networks"] = ["front", "back"]
    service["depends_on"] = [{"service": "web", "condition": "healthy"}]
    web: Spec = {
        "image": "shop/web:1",
        "build": {"context": "app", "dockerfile": "Dockerfile"},
        "entrypoint": ["enter"],
        "command": ["run"],
        "working_dir": "/srv",
        "user": "10001:10001",
        "read_only": True,
        "tmpfs": ["/tmp"],
        "shm_size": "96MiB",
        "capabilities": ["CHOWN"],
        "no_new_privileges": True,
        "ulimits": {"nofile": 1024, "nproc": {"soft": 64, "hard": 128}},
        "stop_signal": "SIGINT",
        "init": True,
        "env": {"A": "x"},
        "labels": {"com.example.team": "shop"},
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "tag": "shop"}},
        "ports": {"http": 8080, "admin": 8081},
        "networks": ["front", {"network": "back", "aliases": ["news"]}],
        "replicas": 1,
        "health": {
            "http": {"path": "/live", "port": "http", "client": "curl"},
            **{"interval": "6s", "timeout": "3s", "failures": 2, "start_period": "9s"},
        },
        "ready": {"http": {"path": "/ready", "port": "http"}, "interval": "2s", "timeout": "1s", "failures": 3, "successes": 2},
        "resources": {"cpu": 0.5, "memory": "512MiB", "pids": 64},
        "restart": "always",
        "stop_grace": "20s",
        "placement": {"constraints": {"disk": "ssd"}, "spread": ["zone"], "max_per_host": 2},
        "mounts": {"/data": "news", "/media": "media", "/logs": "logs", "/odd": "odd"},
        "configs": {"/etc/app.conf": "app/app.properties"},
        "secrets": ["two"],
    }
    return {
        "twipc": 1,
        "project": "shop",
        "environment": "prod",
        "services": {"web": web, "edge": service},
        "networks": {"front": {}, "back": {"internal": True, "encrypted": True}},
        "volumes": {
            "news": {"access": "single-writer", "retention": "keep"},
            "media": {"access": "shared", "nfs": {"server": "nfs.example.com", "path": "/media"}},
            "logs": {"access": "shared", "host": "/srv/logs"},
            "odd": {"access": "shared", "driver": {"name": "shop/disk", "options": {"size": "1"}}},
        },
        "secrets": {
            name: {"file": f".secrets/{name}", "swarm": f"shop-{name}", "ecs": _ARN + name}
            for name in ("one", "two", "edge-cert", "other-cert")
        },
    }


def _with(spec: Spec, service: str, **fields: Any) -> Spec:
    changed: Spec = json.loads(json.dumps(spec))
    changed["services"][service] |= fields
    return changed


_WEB = ("services", "web")
_HTTP = ("services", "edge", "http")
_APP = (*_HTTP, "backends", "app")


def _changes(spec: Spec, other: Spec) -> dict[str, tuple[Spec, tuple[str | int, ...], object]]:
    rollout = {"order": "stop-first", "parallelism": 2, "delay": "7s", "monitor": "2m", "on_failure": "pause"}
    rolling = _with(spec, "web", rollout=rollout)
    rolling["volumes"]["news"]["access"] = "shared"
    working = _with(spec, "web")
    working["services"]["task"] = {
        **{"kind": "service", "image": "shop/task:1", "restart": "never"},
        "resources": {"cpu": 0.25, "memory": "512MiB"},
    }
    standing = _with(spec, "web", mode={"active-standby": {"standbys": 1, "lock": "/data/.lock"}})
    del standing["services"]["web"]["replicas"]
    standing["services"]["web"]["placement"]["max_per_host"] = 3
    ranging = _with(spec, "web", autoscaling={"max": 6, "cpu": 60, "memory": 70})
    ranging["volumes"]["news"]["access"] = "shared"
    by_command = _with(spec, "web", health={"command": ["check"]})
    return {
        "environment.project": (spec, ("project",), "stall"),
        "environment.environment": (spec, ("environment",), "test"),
        "service.kind": (working, ("services", "task", "kind"), "job"),
        "service.image": (spec, (*_WEB, "image"), "shop/web:2"),
        "service.build.context": (spec, (*_WEB, "build", "context"), "src"),
        "service.build.dockerfile": (spec, (*_WEB, "build", "dockerfile"), "Dockerfile.prod"),
        "service.command": (spec, (*_WEB, "command"), ["walk"]),
        "service.entrypoint": (spec, (*_WEB, "entrypoint"), ["go", "in"]),
        "service.working_dir": (spec, (*_WEB, "working_dir"), "/opt"),
        "service.user": (spec, (*_WEB, "user"), "10001"),
        "service.read_only": (spec, (*_WEB, "read_only"), False),
        "service.tmpfs": (spec, (*_WEB, "tmpfs", 0), {"path": "/tmp", "size": "32MiB"}),
        "service.shm_size": (spec, (*_WEB, "shm_size"), "1GiB"),
        "service.capabilities": (spec, (*_WEB, "capabilities"), ["CHOWN", "SYS_PTRACE"]),
        "service.no_new_privileges": (spec, (*_WEB, "no_new_privileges"), False),
        "service.ulimits": (spec, (*_WEB, "ulimits", "nofile"), {"soft": 1024, "hard": 2048}),
        "service.stop_signal": (spec, (*_WEB, "stop_signal"), "SIGQUIT"),
        "service.init": (spec, (*_WEB, "init"), False),
        "service.env": (spec, (*_WEB, "env", "A"), "y"),
        "service.labels": (spec, (*_WEB, "labels", "com.example.team"), "$5 {{x}} 100%"),
        "service.logging.driver": (spec, (*_WEB, "logging"), {"driver": "journald", "options": {"tag": "shop"}}),
        "service.logging.options": (spec, (*_WEB, "logging", "options", "tag"), "$5 {{.Name}} 100%"),
        "service.ports": (spec, (*_WEB, "ports", "admin"), {"number": 8081, "protocol": "udp"}),
        "service.networks": (spec, (*_WEB, "networks", 1, "aliases"), ["paper"]),
        "service.publish": (spec, ("services", "edge", "publish", 0, "host"), 81),
        "service.depends_on": (spec, ("services", "edge", "depends_on", 0, "condition"), "started"),
        "service.placement.constraints": (spec, (*_WEB, "placement", "constraints", "disk"), "hdd"),
        "service.placement.spread": (spec, (*_WEB, "placement", "spread"), ["com.example.rack", "zone"]),
        "service.placement.max_per_host": (spec, (*_WEB, "placement", "max_per_host"), 1),
        "service.rollout.order": (rolling, (*_WEB, "rollout", "order"), "start-first"),
        "service.rollout.parallelism": (rolling, (*_WEB, "rollout", "parallelism"), 3),
        "service.rollout.delay": (rolling, (*_WEB, "rollout", "delay"), "1500ms"),
        "service.rollout.monitor": (rolling, (*_WEB, "rollout", "monitor"), "3m"),
        "service.rollout.on_failure": (rolling, (*_WEB, "rollout", "on_failure"), "continue"),
        "service.replicas": (spec, ("services", "edge", "replicas"), 0),
        "service.autoscaling.max": (ranging, (*_WEB, "autoscaling", "max"), 7),
        "service.autoscaling.cpu": (ranging, (*_WEB, "autoscaling", "cpu"), 61),
        "service.autoscaling.memory": (ranging, (*_WEB, "autoscaling", "memory"), 71),
        "service.mode.active-standby.standbys": (standing, (*_WEB, "mode", "active-standby", "standbys"), 2),
        "service.mode.active-standby.lock": (standing, (*_WEB, "mode", "active-standby", "lock"), "/data/one"),
        "service.health.http.path": (spec, (*_WEB, "health", "http", "path"), "/alive"),
        "service.health.http.port": (spec, (*_WEB, "health", "http", "port"), "admin"),
        "service.health.http.client": (spec, (*_WEB, "health", "http", "client"), "wget"),
        "service.health.command": (by_command, (*_WEB, "health", "command"), ["probe"]),
        "service.health.interval": (spec, (*_WEB, "health", "interval"), "7s"),
        "service.health.timeout": (spec, (*_WEB, "health", "timeout"), "4s"),
        "service.health.failures": (spec, (*_WEB, "health", "failures"), 4),
        "service.health.start_period": (spec, (*_WEB, "health", "start_period"), "11s"),
        "service.ready.http.path": (spec, (*_WEB, "ready", "http", "path"), "/set"),
        "service.ready.http.port": (spec, (*_WEB, "ready", "http", "port"), "admin"),
        "service.ready.interval": (spec, (*_WEB, "ready", "interval"), "3s"),
        "service.ready.timeout": (spec, (*_WEB, "ready", "timeout"), "900ms"),
        "service.ready.failures": (spec, (*_WEB, "ready", "failures"), 4),
        "service.ready.successes": (spec, (*_WEB, "ready", "successes"), 3),
        "service.resources.cpu": (spec, (*_WEB, "resources", "cpu"), 2),
        "service.resources.memory": (spec, (*_WEB, "resources", "memory"), "700MiB"),
        "service.resources.pids": (spec, (*_WEB, "resources", "pids"), 65),
        "service.restart": (spec, (*_WEB, "restart"), "on-failure"),
        "service.stop_grace": (spec, (*_WEB, "stop_grace"), "21s"),
        "service.configs": (spec, (*_WEB, "configs", "/etc/app.conf"), "app/windows.ini"),
        "service.secrets": (spec, (*_WEB, "secrets"), ["two", {"secret": "one", "path": "/etc/key.pem"}]),
        "service.mounts": (spec, (*_WEB, "mounts", "/more"), "media"),
        "http.engine.name": (spec, _HTTP, other["services"]["edge"]["http"]),
        "http.engine.version": (spec, (*_HTTP, "engine", "version"), "3.9"),
        "http.listen.port": (spec, (*_HTTP, "listen", "number"), 8080),
        "http.listen.number": (spec, (*_HTTP, "listen", "number"), 9090),
        "http.tls.listen.port": (spec, (*_HTTP, "tls", "listen", "number"), 8443),
        "http.tls.listen.number": (spec, (*_HTTP, "tls", "listen", "number"), 9443),
        "http.tls.certificate": (spec, (*_HTTP, "tls", "certificate"), "other-cert"),
        "http.tls.hsts": (spec, (*_HTTP, "tls", "hsts"), False),
        "http.routes": (spec, (*_HTTP, "routes", 0, "match", "prefix"), ["/b/"]),
        "http.default.status": (spec, (*_HTTP, "default", "status"), 503),
        "http.default.backend": (_with(spec, "edge"), (*_HTTP, "default"), {"backend": "app"}),
        "http.timeouts.request": (spec, (*_HTTP, "timeouts", "request"), "6s"),
        "http.timeouts.idle": (spec, (*_HTTP, "timeouts", "idle"), "11s"),
        "http.timeouts.connect": (spec, (*_HTTP, "timeouts", "connect"), "500ms"),
        "http.timeouts.response": (spec, (*_HTTP, "timeouts", "response"), "4s"),
        "http.max_body": (spec, (*_HTTP, "max_body"), "1537KiB"),
        "http.error_pages": (spec, (*_HTTP, "error_pages", 0, "page"), "pages/50x.html"),
        "http.expose_headers": (spec, (*_HTTP, "expose_headers", "X-Took"), "upstream-response-time"),
        "http.response_headers": (spec, (*_HTTP, "response_headers", "Referrer-Policy"), "same-origin; 100% $5"),
        "http.request_headers": (spec, (*_HTTP, "request_headers", "X-Env"), "100% of $5"),
        "http.access_log": (spec, (*_HTTP, "access_log"), "common"),
        "http.rate_limit.requests": (spec, (*_HTTP, "rate_limit", "requests"), 60),
        "http.rate_limit.per": (spec, (*_HTTP, "rate_limit", "per"), "1m"),
        "http.rate_limit.burst": (spec, (*_HTTP, "rate_limit", "burst"), 1),
        "http.stats.port": (spec, (*_HTTP, "stats", "number"), 1936),
        "http.stats.number": (spec, (*_HTTP, "stats", "number"), 1937),
        "http.stats.auth.secret": (spec, (*_HTTP, "stats", "auth", "secret"), "two"),
        "backend.members": (spec, (*_APP, "members"), ["web.admin"]),
        "backend.balance": (spec, (*_APP, "balance"), "least-connections"),
        "backend.sticky.cookie": (spec, (*_APP, "sticky", "cookie"), "STAY"),
        "backend.retries": (spec, (*_APP, "retries"), 0),
        "backend.websockets": (spec, (*_APP, "websockets"), "9m30s"),
        "backend.hold": (spec, (*_APP, "hold"), "1800ms"),
        "backend.max_members": (spec, (*_APP, "max_members"), 12),
        "network.internal": (spec, ("networks", "back", "internal"), False),
        "network.encrypted": (spec, ("networks", "back", "encrypted"), False),
        "volume.access": (spec, ("volumes", "news", "access"), "read-only"),
        "volume.retention": (spec, ("volumes", "news", "retention"), "delete"),
        "volume.host": (spec, ("volumes", "logs", "host"), "/srv/log"),
        "volume.nfs.server": (spec, ("volumes", "media", "nfs", "server"), "10.0.0.7"),
        "volume.nfs.path": (spec, ("volumes", "media", "nfs", "path"), "/"),
        "volume.driver.name": (spec, ("volumes", "odd", "driver", "name"), "shop/tape"),
        "volume.driver.options": (spec, ("volumes", "odd", "driver", "options", "size"), "2"),
        "secret.file": (spec, ("secrets", "two", "file"), ".secrets/other"),
        "secret.swarm.name": (spec, ("secrets", "two", "swarm"), "shop-other"),
        "secret.ecs.arn": (spec, ("secrets", "one", "ecs"), _ARN + "other"),
    }


_NGINX, _HAPROXY = _server("nginx", "1.31"), _server("haproxy", "3.2")
FIELD_CHANGES = {"nginx": _changes(_NGINX, _HAPROXY), "haproxy": _changes(_HAPROXY, _NGINX)}
"""By the engine of the spec's server, then by field: (spec, path, another value)."""
for _field in ("http.stats.port", "http.stats.number", "http.stats.auth.secret"):
    del FIELD_CHANGES["nginx"][_field]  # refused by a rule, TW411
del FIELD_CHANGES["nginx"]["secret.ecs.arn"]  # nothing uses one there
