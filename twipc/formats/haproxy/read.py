"""What a haproxy configuration means, read by its own tokenizer and nothing that wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twipc.formats.engines import ENGINES, SECRETS_FOLDER, secret_of
from twipc.formats.routes import glob_of
from twipc.spec import Duration, Size
from twipc.target import BASELINE, Discovery, FactKey, Facts, Unreadable

from .sections import NotHaproxy, Section, parse

_VERSION = re.compile(r"!version_atleast\(([0-9.]+)\)")
_ENV = re.compile(r"env\(([A-Z0-9_]+)\)")
_BALANCE = {"roundrobin": "round-robin", "leastconn": "least-connections", "source": "source"}
_TIMERS = {"http-request": "request", "http-keep-alive": "idle", "connect": "connect", "server": "response"}
_OBSERVED = {
    "%[var(txn.request_ms),div(1000)].%[var(txn.request_ms),mod(1000),add(1000),regsub(^1,)] "
    "if { var(txn.request_ms) -m found }": "request-time",
    "%[bc_dst]:%[bc_dst_port] if { bc_dst -m found }": "upstream-address",
    "%[var(txn.upstream_ms),div(1000)].%[var(txn.upstream_ms),mod(1000),add(1000),regsub(^1,)] "
    "if { var(txn.upstream_ms) -m found }": "upstream-response-time",
}
_TOLD = ("X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port")
"""Headers of a request that are the server's own business."""
_TOO_LARGE = ("http-request", "deny", "deny_status", "413", "if", "{", "req.body_size", "gt")
_HSTS = ("Strict-Transport-Security", ("max-age=63072000", "if", "{", "ssl_fc", "}"))
_SCHEME = re.compile(r"https://%\[var\(txn\.host\)\](?::([0-9]+))?%\[pathq\]")
_OTHER_HOST = re.compile(r"//([a-z0-9.-]+)%\[pathq\]")
_HOST = r"^([a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])$"
_NO_HOST = ("deny_status", "400", "unless", "{", "var(txn.host)", "-m", "reg", "--", _HOST, "}")
_UPGRADE = (
    "unless",
    "{",
    "req.fhdr_cnt(upgrade)",
    "eq",
    "1",
    "}",
    "{",
    "req.fhdr(upgrade)",
    "-m",
    "str",
    "-i",
    "--",
    "websocket",
    "}",
)
_LOG = ("stdout", "len", "65535", "format", "raw", "local0", "info")
_LOGS = {
    '{"time":"%[date,utime(%Y-%m-%dT%H:%M:%S+00:00)]","peer":"%ci","forwarded_for":%{+Q}[var(txn.forwarded_for),json(utf8s)],'
    '"request":%{+Q}[var(txn.request),json(utf8s)],"status":%ST,"bytes":%B,"seconds":%Ta%[str(e-3)],'
    '"upstream":%{+Q}[var(txn.upstream)],"upstream_seconds":%{+Q}[var(txn.upstream_seconds)]}': "json",
    "%ci - - [%trg] %{+Q}r %ST %B": "common",
}
_LIMIT = re.compile(
    r"src table in_http\n"
    r"date\(0,ms\),mul\(([0-9]+)\),mod\(1073741824\)\n"
    r"sc_get_gpt0\(0\),sub\(txn\.now\)\n"
    r"int\(0\) unless \{ var\(txn\.owed\) -m int 0:([0-9]+) \}\n"
    r"deny_status 429 if \{ var\(txn\.owed\) -m int gt ([0-9]+) \}\n"
    r"var\(txn\.now\),add\(txn\.owed\),add\(([0-9]+)\)"
)
_DURATION = re.compile(r"([0-9]+)(ms|s)")


def read(files: Mapping[str, str], service: str, discovery: Discovery) -> Facts:
    """The facts of one haproxy from its files, by their place in the container."""
    try:
        sections, comments = parse(files[ENGINES["haproxy"].config])
    except NotHaproxy as problem:
        raise Unreadable(f"{service}/haproxy.cfg", str(problem)) from None
    reader = _Reader(service, discovery, files)
    for section in sections:
        reader.section(section)
    reader.finish()
    reader.comments(comments)
    return reader.facts


class _Reader:
    """Takes what it understands out of each section; the rest are baseline facts."""

    def __init__(self, service: str, discovery: Discovery, files: Mapping[str, str]) -> None:
        self.service = service
        self.discovery = discovery
        self.files = files
        self.facts: dict[FactKey, object] = {}
        self.statuses: dict[str, object] = {}
        self.limits: dict[str, object] = {}
        self.default: str | None = None
        self.tls = False
        self.of_http: dict[str, bool] = {}
        self.redirects: dict[str, tuple[object, ...]] = {}
        self.routes: list[tuple[tuple[str, str], str, tuple[object, ...]]] = []
        self.http_fact("engine.name", "haproxy")

    def http_fact(self, leaf: str, value: object) -> None:
        if value not in (None, (), {}):
            self.facts[FactKey(f"http.{leaf}", (self.service,))] = value

    def section(self, section: Section) -> None:
        take = {
            ("head", ""): self._head,
            ("global", ""): self._global,
            ("defaults", ""): self._defaults,
            ("frontend", "in_http"): self._frontend,
            ("listen", "in_stats"): self._stats,
        }.get((section.kind, section.name))
        if take:
            take(section)
        elif section.kind == "backend":
            self._backend(section)
        key = FactKey(BASELINE, (self.service, "haproxy", f"{section.kind} {section.name}".strip()))
        # A section that stands twice is told apart from one that stands once.
        self.facts[key] = (self.facts[key], section.rest()) if key in self.facts else section.rest()

    def _head(self, head: Section) -> None:
        for line in list(head.lines):
            found = _VERSION.fullmatch(" ".join(line.words[1:]))
            if line.words[0] == ".if" and found and FactKey("http.engine.version", (self.service,)) not in self.facts:
                self.http_fact("engine.version", found[1])
                head.lines.remove(line)

    def _global(self, section: Section) -> None:
        self._rest_of("drain", section.take_one("hard-stop-after"))

    def _rest_of(self, place: str, value: object) -> None:
        self.facts[FactKey(BASELINE, (self.service, "haproxy", place))] = value

    def _defaults(self, section: Section) -> None:
        for timer, leaf in _TIMERS.items():
            words = section.take_one("timeout", timer)
            self.http_fact(f"timeouts.{leaf}", _duration(words) if words else None)
        pages: dict[str, list[object]] = {}
        for words in section.take("http-error", "status"):
            status, rest = words[0], words[1:]
            known = rest[:3] == ("content-type", "text/html", "file") and len(rest) == 4
            pages.setdefault(rest[3] if known else " ".join(rest), []).append(_number(status))
        self.http_fact(
            "error_pages", tuple((tuple(statuses), self.files.get(file, f"no file {file}")) for file, statuses in pages.items())
        )

    def _frontend(self, section: Section) -> None:
        tls = self._binds(section)
        self.http_fact("access_log", self._logs(section))
        largest = section.take_one(*_TOO_LARGE)
        if largest is not None:
            self.http_fact(
                "max_body", Size(largest[0]) if largest[0].isdecimal() and largest[1:] == ("}",) else " ".join(largest)
            )
        headers = {words[0]: words[1:] for words in section.take("http-after-response", "set-header")}
        hsts = headers.pop("Strict-Transport-Security", ()) if tls and _HSTS in headers.items() else ()
        if tls:
            self.http_fact("tls.hsts", bool(hsts))
        exposed = {name: _OBSERVED[" ".join(words)] for name, words in headers.items() if " ".join(words) in _OBSERVED}
        self.http_fact("expose_headers", exposed)
        set_headers = {name: _logged(words) for name, words in headers.items() if name not in exposed}
        self.http_fact("response_headers", set_headers)
        sent = [line for line in section.lines if line.words[:2] == ("http-request", "set-header")]
        set_on = [line for line in sent if len(line.words) > 3 and line.words[2] not in _TOLD]
        section.lines = [line for line in section.lines if line not in set_on]
        self.http_fact("request_headers", {line.words[2]: _logged(line.words[3:]) for line in set_on})
        tests: dict[str, list[tuple[str, str, str]]] = {}
        for words in section.take("acl"):
            tests.setdefault(words[0], []).append(_test(words[1:]))
        for backend, *condition in section.take("use_backend"):
            of_http = condition[-3:] == ["!{", "ssl_fc", "}"]
            condition = condition[:-3] if of_http else condition
            first, *others = condition[1:] if condition[:1] == ["if"] and len(condition) > 1 else [" ".join(condition)]
            asked = _conditions([tests.pop(name, [("unknown", "", name)]) for name in others])
            matches = _matches(tests.pop(first, [("unknown", "", first)]))
            self.routes += [(match, backend, asked) for match in matches]
            if backend in self.of_http and self.of_http[backend] != of_http:
                self._rest_of(f"who {backend} is for", "differs")
            self.of_http[backend] = of_http
        self._rest_of("acls that no rule reads", tuple(sorted(tests)))
        self.default = " ".join(section.take_one("default_backend") or ("nothing",))

    def _binds(self, section: Section) -> bool:
        """Where requests come in, by http and by https, and what the latter is proved with; whether there is the latter."""
        for address, *how in section.take("bind"):
            by_https = how[:2] == ["ssl", "crt"] and len(how) > 2
            said = FactKey("http.tls.listen.number" if by_https else "http.listen.number", (self.service,))
            number = _number(address.removeprefix(":")) if by_https or not how else " ".join((address, *how))
            self.facts[said] = number if said not in self.facts else (self.facts[said], number)
            if by_https:
                self.tls = True
                self.http_fact("tls.certificate", how[2].removeprefix(f"{SECRETS_FOLDER}/"))
                self._rest_of("bind by https", tuple(how[3:]))
        return self.tls

    def _backend(self, section: Section) -> None:
        if section.name == "twipc_default":
            for words in section.take("http-request", "return", "status"):
                self.statuses[section.name] = _number(words[0]) if words[1:] == ("default-errorfiles",) else " ".join(words)
            return
        if section.name.startswith("twipc_"):
            self._redirect(section)
            return
        owner = (self.service, section.name)
        balance = " ".join(section.take_one("balance") or ("nothing",))
        self.facts[FactKey("backend.balance", owner)] = _BALANCE.get(balance, balance)
        if balance == "source" and section.take_one("hash-type") != ("consistent",):
            self.facts[FactKey("backend.balance", owner)] = "source, not consistent"
        cookie = section.take_one("cookie")
        if cookie:
            plain = cookie[1:] == ("insert", "indirect", "nocache", "httponly", "dynamic", "attr", "SameSite=Lax")
            self.facts[FactKey("backend.sticky.cookie", owner)] = cookie[0] if plain else " ".join(cookie)
        self._retries(section, owner)
        self.limits[section.name] = _limit(section)
        tunnel = section.take_one("timeout", "tunnel")
        if tunnel:
            plain = section.take_one("http-request", "del-header", "Upgrade") == _UPGRADE
            self.facts[FactKey("backend.websockets", owner)] = _duration(tunnel) if plain else ("any upgrade", *tunnel)
        checks = self._checks(section)
        members: list[tuple[str, object]] = []
        rooms: set[object] = set()
        for words in section.take("server-template"):
            prefix, room, address, *rest = (*words, "", "", "")
            host, _, number = address.rpartition(":")
            member = self.discovery.service(host)
            members.append((member, _number(number)))
            rooms.add(_number(room))
            options = tuple(word for word in rest if word)
            for leaf, value in checks.items():
                self.facts[FactKey(f"service.ready.{leaf}", (member, *owner))] = value
            if checks:
                asked = options[1] if options[:1] == ("port",) else number
                self.facts[FactKey("service.ready.http.port", (member, *owner))] = _number(asked)
                options = options[2:] if options[:1] == ("port",) else options
            self._rest_of(f"slots of {member} in {section.name}", (prefix, *options))
        self.facts[FactKey("backend.members", owner)] = tuple(members)
        self.facts[FactKey("backend.max_members", owner)] = rooms.pop() if len(rooms) == 1 else tuple(sorted(map(str, rooms)))

    def _redirect(self, section: Section) -> None:
        """Where a route without members sends its clients, and that a host that is told again was looked at."""
        location, word, status, *more = (*(section.take_one("http-request", "redirect", "location") or ()), *["nothing"] * 3)
        what, value = _target(location)
        if what == "scheme" and section.take_one("http-request", "deny") != _NO_HOST:
            what = "scheme, whatever the host is"
        plain = word == "code" and more == ["nothing"] * 3
        self.redirects[section.name] = (_number(status), what, value) if plain else (location, word, status, *more)

    def _retries(self, section: Section, owner: tuple[str, str]) -> None:
        count = _number(" ".join(section.take_one("retries") or ("",)))
        on = section.take_one("retry-on")
        once = section.take_one("http-request", "disable-l7-retry")
        retried = on == ("conn-failure", "empty-response", "response-timeout", "502", "503", "504") and once == (
            "if",
            "!METH_GET",
            "!METH_HEAD",
        )
        plain = (count == 0 and on is None and once is None) or (count != 0 and retried)
        self.facts[FactKey("backend.retries", owner)] = count if plain else (count, on, once)

    def _checks(self, section: Section) -> dict[str, object]:
        """How members are asked; nothing, if only whether they accept connections."""
        words = list(section.take_one("default-server") or ())
        times: dict[str, object] = {}
        for option, leaf, read_value in (
            ("inter", "interval", _one_duration),
            ("fall", "failures", _number),
            ("rise", "successes", _number),
        ):
            if option in words:
                index = words.index(option)
                times[leaf] = read_value(words[index + 1]) if index + 1 < len(words) else "nothing"
                del words[index : index + 2]
        self._rest_of(f"default-server of {section.name}", tuple(words))
        if section.take_one("option", "httpchk") is None:
            self._rest_of(f"times of {section.name}", tuple(sorted(times.items())))
            return {}
        send = section.take_one("http-check", "send", "meth", "GET", "uri") or ("nothing",)
        self._rest_of(f"check of {section.name}", send[1:])
        timeout = section.take_one("timeout", "check")
        return {**times, "http.path": send[0], "timeout": _duration(timeout) if timeout else "nothing"}

    def _stats(self, section: Section) -> None:
        bind = section.take_one("bind")
        self._rest_of("log of in_stats", self._logs(section))
        self.http_fact("stats.number", _number(" ".join(bind or ()).removeprefix(":")))
        file = section.take_one("acl", "is_password", "http_auth_pass", "-m", "str", "-f")
        if file:
            self.http_fact("stats.auth.secret", " ".join(file).removeprefix(f"{SECRETS_FOLDER}/"))
            return
        variable = section.take_one("http-request", "set-var(txn.password)")
        found = _ENV.fullmatch(" ".join(variable or ()))
        self.http_fact("stats.auth.secret", secret_of(found[1]) if found else variable)

    def comments(self, comments: Mapping[int, str]) -> None:
        for line, comment in comments.items():
            self._rest_of(f"comment at the end of line {line}", comment)

    def _action(self, backend: str) -> tuple[str, object]:
        """What a route does, for whom: just the requests of a redirect to https are not all, where some come by https."""
        of_http = self.of_http.get(backend, False)
        match self.redirects.get(backend):
            case None:
                return ("backend, from http only" if of_http else "backend", backend)
            case (status, "scheme", port):
                what = "scheme" if of_http == self.tls else "scheme, whatever it came by" if self.tls else "scheme, from http"
                return ("redirect", (status, what, port))
            case other:
                return ("redirect, from http only" if of_http else "redirect", other)

    def _logs(self, section: Section) -> object:
        """How a section logs its requests: first it forgets what others said of its log."""
        forgets, log, lines = section.take_one("no", "log"), section.take_one("log"), section.take_one("log-format")
        failed = section.take_one("error-log-format")
        if failed is not None:
            self._rest_of(f"failed handshakes of {section.name}", "logged alike" if failed == lines else failed)
        if (forgets, log, lines) == ((), None, None):
            return "none"
        known = _LOGS.get(lines[0]) if lines and len(lines) == 1 else None
        return known if known and (forgets, log) == ((), _LOG) else (forgets, log, lines)

    def finish(self) -> None:
        limits = set(self.limits.values())
        if limits - {None}:
            same = limits.pop() if len(limits) == 1 else None
            said = same if isinstance(same, tuple) else (str(self.limits), None, None)
            for leaf, value in zip(("requests", "per", "burst"), said, strict=True):
                self.http_fact(f"rate_limit.{leaf}", value)
        self.http_fact("routes", tuple((*match, self._action(backend), *asked) for match, backend, asked in self.routes))
        read = {backend for _, backend, _ in self.routes}
        self._rest_of("redirects that no rule reads", tuple(sorted(set(self.redirects) - read)))
        if self.default in self.statuses:
            self.http_fact("default.status", self.statuses[self.default])
        else:
            self.http_fact("default.backend", self.default)


def _limit(section: Section) -> tuple[object, ...] | None:
    """(requests, per, burst) of a backend whose requests cost time."""
    lines = section.take("http-request", "track-sc0")
    if not lines:
        return None
    taken = [*lines]
    for rule in ("set-var(txn.now)", "set-var(txn.owed)", "deny", "sc-set-gpt0(0)"):
        taken += section.take("http-request", rule)
    said = "\n".join(" ".join(words) for words in taken)
    found = _LIMIT.fullmatch(said)
    if found is None:
        return (said, None, None)
    requests, most, least, per = map(int, found.groups())
    burst: object = most // per if most % per == 0 and most - least == per else f"{most} and {least} of {per}"
    return (requests, Duration(per), burst)


def _test(words: tuple[str, ...]) -> tuple[str, str, str]:
    """(what is asked, match method, pattern) of an acl."""
    if words[1:2] == ("-m",) and len(words) == 5 and words[3] == "--":
        return words[0], words[2], words[4]
    return "unknown", "", " ".join(words)


def _conditions(acls: list[list[tuple[str, str, str]]]) -> tuple[object, ...]:
    """The hosts and methods that a route asks for besides its path; nothing, if it asks for none."""
    hosts: list[str] = []
    methods: list[str] = []
    for tests in acls:
        kinds = {(of, method) for of, method, _ in tests}
        if kinds <= {("var(txn.host)", "str"), ("var(txn.host)", "end")} and not hosts:
            hosts = [f"*{text}" if method == "end" else text for _, method, text in tests]
        elif kinds == {("method", "str")} and not methods:
            methods = [text for _, _, text in tests]
        else:
            return (tuple(map(tuple, acls)),)
    return ((tuple(hosts), tuple(methods)),) if acls else ()


def _matches(tests: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """What a route's acls amount to; `str /a` followed by `beg /a/` is the prefix `/a`."""
    found: list[tuple[str, str]] = []
    for of, method, text in tests:
        if of != "var(txn.path)":
            found.append((of, f"{method} {text}"))
        elif method == "str":
            found.append(("exact", text))
        elif method == "beg" and found and found[-1] == ("exact", text.removesuffix("/")) and text.endswith("/"):
            found[-1] = ("prefix", text.removesuffix("/"))
        elif method == "beg" and text.endswith("/"):
            found.append(("prefix", text))
        elif method == "reg" and (path := glob_of(text)) is not None:
            found.append(("glob" if "*" in path else "exact", path))
        else:
            found.append((method, text))
    return found


def _logged(words: tuple[str, ...]) -> object:
    """What the only word of a log format says; with variables or conditions it says something else."""
    parts = " ".join(words).split("%%")
    return words if len(words) != 1 or any("%" in part for part in parts) else "%".join(parts)


def _target(location: str) -> tuple[str, object]:
    """What of the client's request is kept where it is sent on, and what takes the place of the rest."""
    if found := _SCHEME.fullmatch(location):
        return ("scheme", int(found[1] or "443"))
    if found := _OTHER_HOST.fullmatch(location):
        return ("host", found[1])
    return ("to", _logged((location,)))


def _duration(words: tuple[str, ...]) -> object:
    return _one_duration(" ".join(words))


def _one_duration(text: str) -> object:
    found = _DURATION.fullmatch(text)
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else text


def _number(text: str) -> object:
    return int(text) if text.isdecimal() else text
