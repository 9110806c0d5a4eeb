"""Specs that Hypothesis draws: legal ones, of random text and of words that some format reads as something else."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st

Spec = dict[str, Any]

NASTY = (
    "",
    *(
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "~",
        "null",
        "true",
        "False",
        "=",
        "<<",
        "-",
        "?",
        "!",
        "&a",
        "*a",
        "@",
        "`",
        "|",
        ">",
    ),
    *("1e3", "0o17", "017", "08", "0x1F", "1_000", "0.10", "1.10", ".inf", ".nan", "12:30", "12:30:45", "22:22", "2001-01-01"),
    *(
        "$",
        "$HOME",
        "${HOME}",
        "${B:?boom}",
        "$$",
        "a$b$$c",
        "$(id)",
        "$1",
        "{{resolve:ssm:x}}",
        "{{.Task.Slot}}",
        "%[env(HOME)]",
    ),
    *(
        "100% sure",
        "%%",
        "a: b",
        "a #b",
        "#c",
        "- x",
        "{a: 1}",
        "[a]",
        "'",
        '"',
        "it's",
        'say "x"',
        "\\",
        "\\n",
        "a\\",
        "\\x41",
    ),
    *(
        "; return 200;",
        "} server {",
        "x y",
        " x ",
        "é",
        "日本",
        "😀",
        "a\u00a0b",
        "--",
        "-f",
        "/etc/passwd",
        "*/*",
        "../x",
    ),
)
"""Words that a reader of some format takes for something else, without control characters."""
CARRIED = ("\n", "a\nb\n", "\r\n", "\x85", "\u2028", "\ufeff", "\x7f", "\x1b[31m", "\t", "a\tb")
"""What only variables and words of commands carry: line ends and controls."""

lines = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn"), exclude_characters="\ufeff"), max_size=12),
)
texts = st.one_of(
    lines, st.sampled_from(CARRIED), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
)
app_names = st.sampled_from(("web", "web1", "web-2", "api", "db", "worker", "ab", "a1", "a-b-c"))
port_names = st.sampled_from(("http", "admin", "stats", "sql", "p0"))
durations = st.sampled_from(("500ms", "1s", "2s", "5s", "1500ms", "30s", "1m", "2m30s"))
segments = st.one_of(
    st.sampled_from(
        ("a", "images", "it's", 'q"q', "a b", "{x}", "$y", "a;b", "(p)", "a+b", "a.b", "[z]", "é", "~t", "^", "a=b", "&")
    ),
    st.text(
        st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="/%?#\\*"), min_size=1, max_size=4
    ).filter(lambda text: text not in (".", "..")),
)
prefixes = st.builds(
    lambda parts, slash: "/" + "/".join(parts) + ("/" if slash and parts else ""), st.lists(segments, max_size=3), st.booleans()
)
globs = st.builds(
    lambda parts: "/" + "/".join(parts),
    st.lists(st.one_of(segments, st.sampled_from(("*", "**", "*.x"))), min_size=1, max_size=3),
)


hosts = st.lists(
    st.sampled_from(("app.example", "a-b.example", "*.wild.example", "x.wild.example", "localhost", "10.0.0.1")), max_size=3
)
methods = st.lists(st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")), max_size=3)


def matches() -> st.SearchStrategy[Spec]:
    """Paths, and at times hosts and methods."""
    return st.builds(
        lambda path, host, method: path | ({"host": host} if host else {}) | ({"method": method} if method else {}),
        paths(),
        st.one_of(st.just([]), hosts),
        st.one_of(st.just([]), methods),
    )


def paths() -> st.SearchStrategy[Spec]:
    return st.one_of(
        st.builds(lambda paths: {"prefix": paths}, st.lists(prefixes, min_size=1, max_size=2)),
        st.builds(lambda paths: {"exact": paths}, st.lists(prefixes, min_size=1, max_size=2)),
        st.builds(lambda paths: {"glob": paths}, st.lists(globs, min_size=1, max_size=2)),
    )


@st.composite
def health(draw: st.DrawFn) -> Spec:
    kind: Spec = draw(
        st.one_of(
            st.builds(
                lambda path, client: {"http": {"path": path, "client": client}},
                st.sampled_from(("/live", "/~live/a_b.c-d", "/live?a=/b&c")),
                st.sampled_from(("curl", "wget")),
            ),
            st.builds(lambda words: {"command": words}, st.lists(texts, min_size=1, max_size=3)),
            st.just({"command": ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/x"]}),
        )
    )
    times = {"interval": draw(durations), "timeout": draw(durations), "failures": draw(st.integers(1, 10))}
    return {**kind, **draw(st.sampled_from(({}, times)))}


container_paths = st.builds(
    lambda parts: "/" + "/".join(parts),
    st.lists(
        st.sampled_from([word for word in NASTY if word and "/" not in word and word not in (".", "..")]),
        min_size=1,
        max_size=2,
    ),
)
programs = st.builds(lambda first, rest: [first, *rest], texts.filter(bool), st.lists(texts, max_size=2))
scratch = st.lists(
    st.sampled_from(("/tmp", "/run", {"path": "/var/cache", "size": "68KiB"}, {"path": "/a-b/c.d_e", "size": "1GiB"})),
    max_size=2,
    unique_by=str,
)


@st.composite
def volumes_of(draw: st.DrawFn, name: str, replicas: int, waits: bool) -> Spec:
    """One that a single service mounts, of any kind."""
    alone = ("single-writer",) if replicas <= 1 else ()
    volume: Spec = (
        {"access": "single-writer"}
        if waits
        else {"access": draw(st.sampled_from((*alone, "shared", "read-only", "per-replica", "scratch")))}
    )
    if volume["access"] not in ("per-replica", "scratch"):
        path = draw(container_paths)
        volume |= draw(
            st.sampled_from(
                (
                    {},
                    {"host": f"/srv/{name}{path}"},
                    {"nfs": {"server": "nfs.example.com", "path": f"/{name}{path}"}},
                    {"driver": {"name": "shop/disk:1", "options": {"size": draw(lines), "o_x.y-z": draw(lines)}}},
                    {"driver": "local"},
                )
            )
        )
    if volume["access"] != "scratch" and not {"host", "nfs"} & set(volume):
        volume["retention"] = draw(st.sampled_from(("keep", "delete")))
    return volume


SHARED: dict[str, st.SearchStrategy[Spec]] = {
    "own": st.sampled_from(
        ({"access": "scratch"}, {"access": "per-replica"}, {"access": "per-replica", "retention": "delete"})
    ),
    "media": st.just({"access": "shared", "nfs": {"server": "10.0.0.7", "path": "/"}}),
    "logs": st.sampled_from(({"access": "shared", "host": "/srv/logs"}, {"access": "read-only", "host": "/srv/logs"})),
}
"""Volumes that several services mount."""
config_files = st.dictionaries(
    st.sampled_from(("/etc/a-b/c_d.conf", "/etc/a_b/c_d.conf", "/opt/x/c_d.conf", "/Z", "/etc/_/._.-")),
    st.sampled_from(("app/app.properties", "app/windows.ini", "app/one line", "app/odd.txt", "pages/404.html")),
    max_size=3,
)
secret_files = st.lists(
    st.sampled_from(
        ("db-password", {"secret": "tls-key", "path": "/etc/a-b/c_d.pem"}, {"secret": "db-password", "path": "/run/secrets/x"})
    ),
    max_size=3,
    unique_by=str,
)
ulimits = st.dictionaries(
    st.sampled_from(("nofile", "nproc", "core", "memlock", "fsize")),
    st.sampled_from((0, 64, {"soft": 1, "hard": 64}, {"soft": 7}, {"both": 1 << 40})),
    max_size=3,
)
tags = st.builds("".join, st.lists(st.one_of(lines, st.just("{{.Name}}")), min_size=1, max_size=2)).filter(
    lambda text: text and "{{" not in text.replace("{{.Name}}", "")
)
logs = st.one_of(
    *(
        st.fixed_dictionaries({"driver": st.just(driver), "options": st.fixed_dictionaries(needed, optional=options)})
        for driver, needed, options in (
            ("json-file", {}, {"max-size": st.just("10m"), "tag": tags, "labels": st.just("on,a/b_c-d"), "env": st.just("A")}),
            ("local", {}, {"max-size": st.just("1g"), "max-file": st.just("2"), "compress": st.just("false")}),
            (
                "syslog",
                {"syslog-address": st.just("tcp+tls://[::1]:6514")},
                {"tag": tags, "syslog-tls-ca-cert": st.just("/a/ca.pem")},
            ),
            ("gelf", {"gelf-address": st.just("udp://logs.example.com:12201")}, {"gelf-compression-level": st.just("-1")}),
            ("fluentd", {}, {"tag": tags, "fluentd-async": st.just("true"), "mode": st.just("blocking")}),
            ("awslogs", {"awslogs-group": st.just("/a/b#c")}, {"awslogs-datetime-format": lines.filter(bool), "tag": tags}),
            ("awslogs", {"awslogs-group": st.just("x"), "mode": st.just("non-blocking")}, {"max-buffer-size": st.just("1m")}),
        )
    ),
    st.sampled_from(("journald", "none", "local", {"driver": "json-file"})),
)


processes = st.fixed_dictionaries(
    {},
    optional={
        "entrypoint": programs,
        "working_dir": container_paths,
        "user": st.sampled_from(("0", "10001", "10001:10001", "2147483647:1")),
        "read_only": st.booleans(),
        "tmpfs": scratch,
        "shm_size": st.sampled_from(("4KiB", "64MiB", "1028KiB", "1GiB")),
        "capabilities": st.lists(
            st.sampled_from(("CHOWN", "SETUID", "SYS_PTRACE", "NET_BIND_SERVICE")), max_size=3, unique=True
        ),
        "stop_signal": st.sampled_from(("SIGTERM", "SIGQUIT", "SIGUSR1")),
        "init": st.booleans(),
        "no_new_privileges": st.booleans(),
        "ulimits": ulimits,
    },
)
"""How a program runs."""


externals = st.one_of(
    st.just({}),
    st.builds(
        lambda host, number: {"shop-db": {"host": host, "ports": {"sql": number}}},
        st.sampled_from(("db.example.com", "10.1.2.3", "xn--d1.example", "0x1f.example", "web.shop.internal")),
        st.sampled_from((1, 5432, 65535)),
    ),
)
"""What runs elsewhere."""


placements = st.fixed_dictionaries(
    {},
    optional={
        "constraints": st.dictionaries(
            st.sampled_from(("disk", "com.example.zone", "a-b_c.d0", "on", "true", "null")),
            st.sampled_from(("ssd", "eu-west-1a", "true", "no", "0", "1.5", "1e3", "0x1f", "1_0")),
            max_size=3,
        ),
        "spread": st.lists(st.sampled_from(("zone", "rack", "com.example.zone", "yes")), max_size=3, unique=True),
        "max_per_host": st.integers(1, 4),
    },
)
"""Where instances run; no more on a host than four, so that what mounts a volume has room."""


rollouts = st.fixed_dictionaries(
    {},
    optional={
        "parallelism": st.integers(1, 1000),
        "delay": durations,
        "monitor": durations,
        "on_failure": st.sampled_from(("rollback", "pause", "continue")),
    },
)


@st.composite
def apps(draw: st.DrawFn, name: str) -> Spec:
    """A service that runs an image."""
    service: Spec = {
        "image": draw(st.sampled_from(("shop/web:1", "registry.example:5000/shop/web:1.2.3", "busybox"))),
        "ports": {"http": 8080, **draw(st.dictionaries(st.sampled_from(("admin", "sql")), st.integers(1, 8000), max_size=1))},
        "resources": {
            "cpu": draw(st.sampled_from((0.25, 0.5, 1, 2))),
            "memory": draw(st.sampled_from(("256MiB", "700MiB", "1GiB"))),
            **draw(st.sampled_from(({}, {"pids": 2}, {"pids": 1024}, {"pids": 1 << 22}))),
        },
        "env": draw(st.dictionaries(st.sampled_from(("A", "B_C", "_x", "on", "Y")), texts, max_size=3)),
        "labels": draw(st.dictionaries(st.sampled_from(("com.example.team", "on", "1", "0x1f", "a/b_c-d")), lines, max_size=3)),
        "replicas": draw(st.integers(0, 4)),
    }
    if draw(st.booleans()):
        service["build"] = "app"
    if draw(st.booleans()):
        service["ports"]["dns"] = {"number": draw(st.sampled_from((53, 8080))), "protocol": "udp"}
    service |= draw(processes)
    if draw(st.booleans()):
        service["command"] = draw(st.lists(texts, min_size=1, max_size=4))
    if draw(st.booleans()):
        service["health"] = draw(health())
    if draw(st.booleans()):
        service["restart"] = draw(st.sampled_from(("always", "on-failure", "never")))
    if draw(st.booleans()):
        service["logging"] = draw(logs)
    if draw(st.booleans()):
        service["stop_grace"] = draw(durations)
    if draw(st.booleans()):
        open_ports = [port for port in ("http", "dns") if port in service["ports"]]
        service["publish"] = [
            {"port": port, "host": "ephemeral", **draw(st.sampled_from(({}, {"address": "127.0.0.1"})))} for port in open_ports
        ]
    if draw(st.booleans()):
        service["secrets"] = draw(secret_files)
    if draw(st.booleans()):
        service["configs"] = draw(config_files)
    if draw(st.booleans()):
        service["placement"] = draw(placements)
    if (service["replicas"] <= 1 or "max_per_host" not in service.get("placement", {})) and draw(st.booleans()):
        service["mounts"] = {draw(container_paths): f"{name}-data"}
        if draw(st.booleans()):
            service["mounts"] |= {"/own": "own", "/more": draw(st.sampled_from(("media", "logs")))}
    if "mounts" in service and draw(st.booleans()):
        _stand_by(draw, service)
    elif service["replicas"] and draw(st.booleans()):
        service["autoscaling"] = draw(
            st.sampled_from(({"max": 5, "cpu": 60}, {"max": 7, "memory": 90}, {"max": 6, "cpu": 10, "memory": 11}))
        )
    if draw(st.booleans()):
        # A single writer, which a volume may come to have, ends before the next begins.
        orders = (
            ({}, {"order": "stop-first"}) if "mounts" in service else ({}, {"order": "stop-first"}, {"order": "start-first"})
        )
        service["rollout"] = draw(rollouts) | draw(st.sampled_from(orders))
    return service


def _stand_by(draw: st.DrawFn, service: Spec) -> None:
    """One works under a lock in the first volume, and others wait."""
    service.setdefault("command", draw(st.lists(texts, min_size=1, max_size=3)))
    service.pop("init", None)
    service.pop("replicas")
    service.get("placement", {}).pop("max_per_host", None)
    file = draw(st.sampled_from((".lock", "a$b", "it's {{x}}", "-n", "%%")))
    lock: Spec = {"lock": f"{next(iter(service['mounts']))}/{file}"}
    service["mode"] = {"active-standby": {**lock, **draw(st.sampled_from(({}, {"standbys": 1}, {"standbys": 2})))}}


targets_to_go = st.sampled_from(
    (
        *("/new/", "/new?a=$uri&b=%0d%0a", "/it's/(100%25)/*;a#$request_uri", "/$dollar%20", "https://www.example.com"),
        *("http://www.example.com:8080/a//b?x=%25%ac%bc&y='", "/%5Bsrc%5D%fc"),
    )
)
redirects = st.builds(
    lambda match, target, status: {"match": target.pop("match", match), "redirect": target | status},
    matches(),
    st.one_of(
        # Who is sent to another path or host comes back: what these match is not where they lead.
        targets_to_go.map(lambda target: {"to": target, "match": {"exact": ["/from"]}}),
        st.just("www.example.com").map(lambda host: {"host": host, "match": {"prefix": ["/"], "host": ["app.example"]}}),
        st.sampled_from((None, 8443)).map(lambda port: {"scheme": "https"} | ({"port": port} if port else {})),
    ),
    st.sampled_from(({}, *({"status": status} for status in (301, 302, 303, 307, 308)))),
)


@st.composite
def servers(draw: st.DrawFn, apps_there: list[str], number: int) -> Spec:
    """An HTTP server before some of the apps."""
    engine = draw(st.sampled_from(("nginx", "haproxy")))
    members = draw(st.lists(st.sampled_from(apps_there), min_size=1, max_size=2, unique=True))
    backend = {
        "members": [f"{member}.http" for member in members],
        "balance": draw(st.sampled_from(("round-robin", "least-connections", "source"))),
        "retries": draw(st.integers(0, 3)),
        **draw(st.sampled_from(({}, {"sticky": {"cookie": "SRV"}}, {"max_members": 30}))),
        **draw(st.sampled_from(({}, {"hold": "1ms"}, {"hold": "1700ms"}, {"hold": "30s"}))),
        **draw(st.sampled_from(({}, {"websockets": "500ms"}, {"websockets": "1h"}))),
    }
    actions = [{"backend": "app"}, *([{"files": "/srv/static"}] if engine == "nginx" else [])]
    to_members = st.builds(lambda match, action: {"match": match, **action}, matches(), st.sampled_from(actions))
    routes = draw(st.lists(st.one_of(to_members, redirects), max_size=3))
    default = draw(st.sampled_from(({"status": 404}, {"status": 503}, {"backend": "app"})))
    if not any("backend" in route for route in routes):
        default = {"backend": "app"}
    http: Spec = {
        "engine": {"name": engine, "version": "1.31" if engine == "nginx" else draw(st.sampled_from(("3.2", "2.8")))},
        "listen": 8080,
        "backends": {"app": backend},
        "routes": routes,
        "default": default,
        "timeouts": draw(st.dictionaries(st.sampled_from(("request", "idle", "connect", "response")), durations, max_size=2)),
    }
    if draw(st.booleans()):
        http["tls"] = {"listen": 8443, "certificate": "edge-cert", **draw(st.sampled_from(({}, {"hsts": False})))}
    if draw(st.booleans()):
        http["max_body"] = draw(st.sampled_from(("1B", "1000B", "64KiB", "1537KiB", "2MiB", "1024GiB")))
    if draw(st.booleans()):
        http["error_pages"] = [{"status": [404], "page": "pages/404.html"}, {"status": [502, 503], "page": "pages/50x.html"}]
    if draw(st.booleans()):
        http["expose_headers"] = {
            "Request-Time": "request-time",
            "X-Up": "upstream-address",
            "X-Took": "upstream-response-time",
        }
    if draw(st.booleans()):
        names = st.sampled_from(("Cache-Control", "X-Frame-Options", "x-y"))
        http["response_headers"] = draw(st.dictionaries(names, lines.map(lambda text: text.strip(" ") or "-"), max_size=3))
    if draw(st.booleans()):
        names = st.sampled_from(("X-Env", "Accept-Language", "x-y"))
        http["request_headers"] = draw(st.dictionaries(names, lines.map(lambda text: text.strip(" ") or "-"), max_size=3))
    if draw(st.booleans()):
        http["access_log"] = draw(st.sampled_from(("json", "common", "none")))
    if draw(st.booleans()):
        often, counts = st.sampled_from(("1s", "1m", "60s")), st.sampled_from((1, 2, 7, 10_000))
        http["rate_limit"] = draw(st.fixed_dictionaries({"requests": counts, "per": often, "burst": counts}))
    if engine == "haproxy" and draw(st.booleans()):
        http["stats"] = {"number": 1936, "auth": {"secret": "stats-password"}}
    service: Spec = {
        "http": http,
        "publish": [{"port": "http", "host": 8000 + number}],
        "resources": {"cpu": 0.25, "memory": "128MiB"},
    }
    if draw(st.booleans()):
        service["stop_grace"] = draw(durations)
    return service


@st.composite
def jobs(draw: st.DrawFn) -> Spec:
    """A service that runs to its end."""
    app: Spec = draw(apps("migrate"))
    job = {
        field: value
        for field, value in app.items()
        if field not in ("replicas", "mode", "health", "publish", "rollout", "restart", "autoscaling")
    }
    job.get("placement", {}).pop("max_per_host", None)
    return {**job, "kind": "job", **draw(st.sampled_from(({}, {"restart": "never"}, {"restart": "on-failure"})))}


def _depend(draw: st.DrawFn, services: Spec) -> None:
    """At times a service waits for some that come before it by name and have instances."""
    names = sorted(services)
    for index, name in enumerate(names):
        for other in names[:index]:
            if not services[other].get("replicas", 1) or draw(st.booleans()):
                continue
            waits: list[Any] = [{"service": other, "condition": "started"}]
            if services[other].get("kind") == "job":
                waits = [{"service": other, "condition": "completed"}]
            if "health" in services[other] or "http" in services[other]:
                waits += [other, {"service": other}, {"service": other, "condition": "healthy"}]
            services[name].setdefault("depends_on", []).append(draw(st.sampled_from(waits)))


@st.composite
def attached(draw: st.DrawFn, services: Spec, names: list[str]) -> Spec:
    """Networks, and every service on those that it needs: the first reaches the second and out, the third may be apart."""
    apart = names[2:] if len(services) == len(names) and draw(st.booleans()) else []
    for name, service in services.items():
        aliases = draw(st.sets(st.sampled_from((f"{name}.shop", f"{name}-too", f"0x1f.{name}", f"{name}.on")), max_size=2))
        back: Any = {"network": "back", "aliases": sorted(aliases)} if aliases else "back"
        out = name == names[0] or "publish" in service or draw(st.booleans())
        service["networks"] = ["front"] if name in apart else [back, "front"] if out else [back]
    return {
        "front": draw(st.sampled_from(({}, {"encrypted": True}))),
        "back": draw(st.fixed_dictionaries({}, optional={"internal": st.booleans(), "encrypted": st.booleans()})),
    }


PARTS: st.SearchStrategy[Spec] = st.sampled_from(({}, {"only": "host"}, {"only": "port"}))
"""How much of an address a variable holds."""


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """A whole spec for every target that can take it."""
    names = sorted(draw(st.sets(app_names, min_size=1, max_size=3)))
    services: Spec = {name: draw(apps(name)) for name in names}
    if draw(st.booleans()):
        services[names[0]]["ready"] = {
            "http": draw(st.sampled_from(("/ready", "/~/ready.x_-", "/ready?a=/b&c"))),
            "interval": "1s",
        }
        for name in names[1:]:
            services[name]["ready"] = services[names[0]]["ready"]
    for number, name in enumerate(draw(st.sampled_from(((), ("edge",), ("edge", "inner"))))):
        services[name] = draw(servers(names, number))
    if "inner" in services and draw(st.booleans()):
        # All that the first gets goes to the second, which at times nobody else asks.
        services["edge"]["http"]["backends"]["app"]["members"] = ["inner.http"]
        services["inner"] = {key: part for key, part in services["inner"].items() if key != "publish" or draw(st.booleans())}
    if draw(st.booleans()):
        services["migrate"] = draw(jobs())
    _depend(draw, services)
    if len(names) > 1:
        services[names[0]]["env"]["PEER"] = {"address": f"{names[1]}.http"} | draw(PARTS)
    networks = draw(st.one_of(st.just({}), attached(services, names)))
    elsewhere = draw(externals)
    for name in elsewhere:
        services[names[0]]["env"]["ELSEWHERE"] = {"address": f"{name}.sql"} | draw(PARTS)
    volumes = {
        name: draw(volumes_of(name, service.get("autoscaling", {"max": service.get("replicas", 1)})["max"], "mode" in service))
        for service in services.values()
        for name in service.get("mounts", {}).values()
        if name not in SHARED
    }
    volumes |= {
        name: draw(SHARED[name])
        for name in sorted(SHARED)
        if any(name in service.get("mounts", {}).values() for service in services.values())
    }
    spec: Spec = {"twipc": 1, "project": "shop", "environment": "prod", "services": services}
    if networks:
        spec["networks"] = networks
    if elsewhere:
        spec["external"] = elsewhere
    if volumes:
        spec["volumes"] = volumes
    used = {
        file if isinstance(file, str) else file["secret"]
        for service in services.values()
        for file in service.get("secrets", ())
    }
    if any(service.get("http", {}).get("stats") for service in services.values()):
        used.add("stats-password")
    if any(service.get("http", {}).get("tls") for service in services.values()):
        used.add("edge-cert")
    if used:
        arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/"
        spec["secrets"] = {
            name: {"file": f".secrets/{name}", "swarm": f"shop-{name}-1", "ecs": arn + name} for name in sorted(used)
        }
    spec["targets"] = targets_of(spec)
    return spec


def targets_of(spec: Spec) -> Spec:
    """Every target that can take the spec, with the options it needs."""
    engines = {service["http"]["engine"]["name"] for service in spec["services"].values() if "http" in service}
    account = "eu-west-1:111122223333"
    mounting = {name for name, service in spec["services"].items() if service.get("mounts")}
    published = {
        name: sorted({one["port"] for one in service.get("publish", ()) if "address" not in one})
        for name, service in spec["services"].items()
    }
    ours = any(service.get("build") and "registry" not in service["image"] for service in spec["services"].values())
    built = ours or any(service.get("http") or service.get("configs") for service in spec["services"].values())
    ecs = {
        "launch": "fargate",
        "region": "eu-west-1",
        "cluster": "shop",
        "subnets": ["subnet-0a1b2c3d4e5f60718"],
        "security_groups": ["sg-0a1b2c3d4e5f60718"],
        "execution_role": "arn:aws:iam::111122223333:role/shop",
        "task_roles": {name: f"arn:aws:iam::111122223333:role/{name}" for name in sorted(mounting)},
        **({"registry": "111122223333.dkr.ecr.eu-west-1.amazonaws.com"} if built else {}),
        "namespace": "shop.internal",
        "cloud_map_services": {
            name: f"arn:aws:servicediscovery:{account}:service/srv-{index:016x}"
            for index, name in enumerate(sorted(spec["services"]))
            if spec["services"][name].get("kind") != "job"
        },
        "target_groups": {
            name: dict.fromkeys(published[name], f"arn:aws:elasticloadbalancing:{account}:targetgroup/{name}/{index:016x}")
            for index, name in enumerate(sorted(published))
            if published[name]
        },
        "volumes": {
            name: {"file_system": f"fs-{index:017x}", "access_point": f"fsap-{index:017x}"}
            for index, name in enumerate(sorted(spec.get("volumes", {})))
            if spec["volumes"][name]["access"] not in ("per-replica", "scratch")
        },
    }
    swarm = {"registry": "registry.example.com/team"} if ours else {}
    return {"compose": {}, "compose-2.4": {}, "swarm": swarm, "ecs": ecs, **{engine: {} for engine in sorted(engines)}}


CONFIGS = {
    "app/app.properties": "a=$b\nc={{.Task.Slot}}\n",
    "app/windows.ini": "[a]\r\nb=1\r\n",
    "app/one line": "no end of line",
    "app/odd.txt": "\ufeffé\x85\u2028\x0b\x1b[31m\r\n\n# {% raw %} ${X:?}\x1c\n",
}
"""Files that services read, each byte of which must arrive."""
PAGES = {"pages/404.html": "<h1>not here</h1>\n", "pages/50x.html": "<h1>not now</h1>\n", **CONFIGS}


def as_text(spec: Spec) -> str:
    """The spec as a file: JSON is YAML, but for controls, which YAML wants escaped."""
    text = json.dumps(spec, ensure_ascii=False, indent=1)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text)
