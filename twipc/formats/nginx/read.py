"""What an nginx configuration means, read by crossplane's lexer and nothing that wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from twipc.formats.engines import ENGINES, OWN_PREFIX, SECRETS_FOLDER
from twipc.formats.routes import route_of
from twipc.spec import Duration, Size
from twipc.target import BASELINE, Discovery, FactKey, Facts, Unreadable

from .tree import Block, Comment, Directive, NotNginx, parse

_VERSION = re.compile(r"nginx ([0-9]+\.[0-9]+) or later: .*")
_BALANCE = {("least_conn", ()): "least-connections", ("hash", ("$remote_addr",)): "source"}
_OBSERVED = {
    "$request_time": "request-time",
    "$last_address": "upstream-address",
    "$last_seconds": "upstream-response-time",
}
_TOLD = frozenset(
    (name,)
    for name in (
        *(
            "Connection",
            "Upgrade",
            "Host",
            "X-Real-IP",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
        ),
        *("Forwarded", "Proxy"),
    )
)
"""Headers of a request that are the server's own business."""
_TIMERS = {"client_header_timeout": "request", "keepalive_timeout": "idle"}
_HSTS = ("Strict-Transport-Security", "$hsts")
_CHOOSING = {"$host $request_method $uri": False, "$scheme $host $request_method $uri": True}
"""What the map of routes reads, and whether the scheme is among it."""
_SCHEME = re.compile(r"https://\$host(?::([0-9]+))?\$request_uri")
_OTHER_HOST = re.compile(r"//([a-z0-9.-]+)\$request_uri")
_HOST = r"^([a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])$"
_LOGS = {
    (
        "escape=json",
        '{"time":"$time_iso8601","peer":"$remote_addr","forwarded_for":"$logged_forwarded_for","request":"$logged_request",'
        '"status":$logged_status,"bytes":$bytes_sent,"seconds":$request_time,"upstream":"$last_address",'
        '"upstream_seconds":"$last_seconds"}',
    ): "json",
    ('$remote_addr - - [$time_local] "$request" $status $bytes_sent',): "common",
}
_DURATION = re.compile(r"([0-9]+)(ms|s)")
_RATE = re.compile(r"rate=([0-9]+)r/([sm])")
_SIZE = re.compile(r"([0-9]+)([kKmMgG]?)")


def read(files: Mapping[str, str], service: str, discovery: Discovery) -> Facts:
    """The facts of one nginx from its files, by their place in the container."""
    image = ENGINES["nginx"]
    try:
        root, comments = parse(files[image.config])
    except NotNginx as problem:
        raise Unreadable(f"{service}/nginx.conf", str(problem)) from None
    reader = _Reader(service, discovery, files)
    reader.whole(root, comments)
    return reader.facts


class _Reader:
    """Takes what it understands out of the tree; the rest are baseline facts."""

    def __init__(self, service: str, discovery: Discovery, files: Mapping[str, str]) -> None:
        self.service = service
        self.discovery = discovery
        self.files = files
        self.facts: dict[FactKey, object] = {}
        self.tries: dict[str, set[object]] = {}
        self.ends: dict[str, set[object]] = {}
        self.upgrades: dict[str, set[object]] = {}
        self.tunnels: dict[str, object] = {}
        self.bursts: set[object] = set()
        self.choice: Block | None = None
        self.actions: dict[str, tuple[str, object]] = {}
        self.asked = False
        self.by_scheme = False
        self.tls = False

    def http_fact(self, leaf: str, value: object) -> None:
        self.facts[FactKey(f"http.{leaf}", (self.service,))] = value

    def backend_fact(self, backend: str, leaf: str, value: object) -> None:
        self.facts[FactKey(f"backend.{leaf}", (self.service, backend))] = value

    def whole(self, root: Block, comments: list[Comment]) -> None:
        self.http_fact("engine.name", "nginx")
        versions = [found[1] for comment in comments if (found := _VERSION.fullmatch(comment.text))]
        if len(versions) == 1:
            self.http_fact("engine.version", versions[0])
        for directive in root.directives:
            if directive.name == "http" and directive.block:
                self._http(directive.block)
        beside = {f"comment at the end of line {comment.line}": comment.text for comment in comments if comment.beside}
        for place, value in {**root.rest(), **beside}.items():
            self.facts[FactKey(BASELINE, (self.service, "nginx", place))] = value

    def _http(self, http: Block) -> None:
        for name, leaf in _TIMERS.items():
            self._timer(http, name, leaf)
        lines, log = http.take_one("log_format"), http.take_one("access_log")
        if (lines, log) == (None, ("off",)):
            self.http_fact("access_log", "none")
        elif lines and lines[0] == "access" and log == ("/dev/stdout", "access"):
            self.http_fact("access_log", _LOGS.get(lines[1:], " ".join(lines)))
        else:
            self.http_fact("access_log", (lines, log))
        self._rate(http.take_one("limit_req_zone"))
        largest = http.take_one("client_max_body_size")
        if largest is not None:
            self.http_fact("max_body", _size(" ".join(largest)))
        for upstream in http.take("upstream"):
            self._upstream(upstream)
        choices = [one for one in http.directives if one.name == "map" and one.args[1:] == ("$route",)]
        if len(choices) == 1 and choices[0].block and choices[0].args[0] in _CHOOSING:
            self.by_scheme = _CHOOSING[choices[0].args[0]]
            self.choice = choices[0].block
            http.directives.remove(choices[0])
        for server in http.directives:
            if (
                server.name == "server"
                and server.block
                and any("default_server" in one.args for one in server.block.directives)
            ):
                self._server(server.block)
        for backend, tries in self.tries.items():
            self.backend_fact(backend, "retries", next(iter(tries)) if len(tries) == 1 else sorted(map(str, tries)))
        self._websockets(http)
        if self.bursts - {None}:
            one = len(self.bursts) == 1
            self.http_fact("rate_limit.burst", self.bursts.pop() if one else sorted(map(str, self.bursts)))
        for backend, ends in self.ends.items():
            if ends != {None}:
                self._rest(f"upstream {backend}", {"time of all tries": tuple(sorted(ends, key=str))})

    def _websockets(self, http: Block) -> None:
        """A backend's requests for upgrades go on to a location of theirs from wherever it is asked, and reach it as such."""
        found = [one for one in http.directives if one.name == "map" and one.args == ("$proxy_host", "$upgrade")]
        rows = found[0].block.directives if len(found) == 1 and found[0].block else []
        allowed = {row.name for row in rows if row.args == ("$websocket",)}
        if found and found[0].block:
            for row in [next(row for row in rows if row.name == name) for name in sorted(allowed)]:
                rows.remove(row)
        elsewhere = {backend for backend, asked in self.upgrades.items() if asked != {None}}
        for backend in sorted({*allowed, *self.tunnels, *elsewhere}):
            asked, idle = self.upgrades.get(backend, set()), self.tunnels.get(backend)
            whole = backend in allowed and asked == {f"{OWN_PREFIX}websockets_{backend}/"}
            self.backend_fact(backend, "websockets", idle if whole else (idle, *sorted(map(str, asked))))

    def _rate(self, zone: tuple[str, ...] | None) -> None:
        """How many requests a client may send over time, and that it is clients that are counted."""
        if zone is None:
            return
        rate = _RATE.fullmatch(zone[-1])
        known = rate and zone[:-1] == ("$binary_remote_addr", "zone=rate_limit:10m")
        self.http_fact("rate_limit.requests", int(rate[1]) if rate and known else " ".join(zone))
        self.http_fact("rate_limit.per", Duration({"s": 1000, "m": 60_000}[rate[2]] if rate else 0))

    def _timer(self, block: Block, name: str, leaf: str) -> None:
        args = block.take_one(name)
        if args is not None:
            self.http_fact(f"timeouts.{leaf}", _duration(args))

    def _upstream(self, upstream: Directive) -> None:
        assert upstream.block is not None
        name, block = " ".join(upstream.args), upstream.block
        balances = [directive for directive in block.directives if (directive.name, directive.args) in _BALANCE]
        block.directives = [directive for directive in block.directives if directive not in balances]
        said = [_BALANCE[directive.name, directive.args] for directive in balances] or ["round-robin"]
        self.backend_fact(name, "balance", said[0] if len(said) == 1 else said)
        servers = block.take("server")
        self.backend_fact(name, "members", tuple(self._member(server.args[0]) for server in servers if server.args))
        self._rest(f"upstream {name}", {"server options": tuple(sorted({server.args[1:] for server in servers}))})
        sticky = block.take_one("sticky")
        if sticky:
            cookie = (
                sticky[1]
                if sticky[0] == "cookie" and sticky[2:] == ("path=/", "httponly", "samesite=lax")
                else " ".join(sticky)
            )
            self.backend_fact(name, "sticky.cookie", cookie)
        zone = block.take_one("zone")
        # The zone bears the upstream's name, which is the user's: only its size is ours.
        self._rest(f"upstream {name}", {"zone": zone[1:] if zone and zone[0] == name else zone, **block.rest()})

    def _member(self, address: str) -> tuple[str, object]:
        host, _, number = address.rpartition(":")
        return (self.discovery.service(host), int(number) if number.isdecimal() else number)

    def _rest(self, context: str, left: Mapping[str, object]) -> None:
        for place, value in left.items():
            self.facts[FactKey(BASELINE, (self.service, "nginx", f"{context} / {place}"))] = value

    def _server(self, server: Block) -> None:
        self._listens(server)
        self._timer(server, "proxy_connect_timeout", "connect")
        send, receive = server.take_one("proxy_send_timeout"), server.take_one("proxy_read_timeout")
        both = {_duration(args) for args in (send, receive) if args}
        self.http_fact("timeouts.response", both.pop() if send and receive and len(both) == 1 else (send, receive))
        headers = dict(_headers(server))
        if self.tls:
            self.http_fact("tls.hsts", headers.get("Strict-Transport-Security") == "$hsts")
            headers = {name: value for name, value in headers.items() if (name, value) != _HSTS}
        self.http_fact("expose_headers", {name: _OBSERVED[value] for name, value in headers.items() if value in _OBSERVED})
        set_headers = {name: _expanded(value) for name, value in headers.items() if value not in _OBSERVED}
        self.http_fact("response_headers", set_headers)
        asked = [one for one in server.directives if one.name == "proxy_set_header" and one.args[:1] not in _TOLD]
        server.directives = [one for one in server.directives if one not in asked]
        self.http_fact("request_headers", _sent(asked))
        self.http_fact("error_pages", tuple(self._page(directive) for directive in server.take("error_page")))
        routes: list[object] = []
        for location in server.take("location"):
            self._location(location, routes)
        if self.choice:
            routes += self._chosen(self.choice)
        self.http_fact("routes", tuple(routes))
        for leaf in ("expose_headers", "response_headers", "request_headers", "error_pages", "routes"):
            if not self.facts[FactKey(f"http.{leaf}", (self.service,))]:
                del self.facts[FactKey(f"http.{leaf}", (self.service,))]

    def _listens(self, server: Block) -> None:
        """Where requests come in, by http and by https, and what the latter is proved with."""
        for directive in server.take("listen"):
            number, *how = directive.args or ("nothing",)
            by_https = how[:1] == ["ssl"]
            said = FactKey("http.tls.listen.number" if by_https else "http.listen.number", (self.service,))
            self.facts[said] = _number(number) if said not in self.facts else (self.facts[said], number)
            self._rest("server", {"listen by https" if by_https else "listen": tuple(how)})
            self.tls = self.tls or by_https
        files = {leaf: server.take_one(leaf) for leaf in ("ssl_certificate", "ssl_certificate_key")}
        chain, key = (" ".join(file or ("nothing",)) for file in files.values())
        if any(files.values()):
            certificate = chain.removeprefix(f"{SECRETS_FOLDER}/") if chain.startswith(f"{SECRETS_FOLDER}/") else chain
            self.http_fact("tls.certificate", certificate if chain == key else (chain, key))

    def _page(self, directive: Directive) -> tuple[object, ...]:
        *statuses, uri = directive.args
        place = f"{ENGINES['nginx'].pages}/{uri.removeprefix(OWN_PREFIX)}"
        return (tuple(_number(status) for status in statuses), self.files.get(place, f"no file for {uri}"))

    def _location(self, location: Directive, routes: list[object]) -> None:
        assert location.block is not None
        match location.args:
            case ("~", expression) if found := route_of(expression):
                action = self._action(location.block, f"route {found[1]}")
                routes.append((*found, _came_by(action, of_http=False, tls=self.tls)))
            case ("^~", own) if self.choice and own.startswith(f"{OWN_PREFIX}route_"):
                self.actions[own] = self._rewritten(location.block, own)
            case ("^~", own) if own.startswith(f"{OWN_PREFIX}websockets_"):
                backend = own.removeprefix(f"{OWN_PREFIX}websockets_").removesuffix("/")
                inside = location.block.take_one("internal") == ()
                times = {location.block.take_one(f"proxy_{way}_timeout") for way in ("send", "read")}
                to = self._action(location.block, f"websockets {backend}", tail="$request_uri", upgraded=True)
                same = inside and len(times) == 1 and to == ("backend", backend)
                self.tunnels[backend] = _duration(times.pop() or ()) if same else (to, *times)
            case ("/",):
                if self.choice:
                    self._asks(location.block)
                kind, value = self._action(location.block, "default")
                self.http_fact(f"default.{kind}", value)
            case ("=", path):
                self._rest(f"ready {path}", location.block.rest())
            case args:
                self._rest(f"location {' '.join(args)}", location.block.rest() or {"": "empty"})

    def _rewritten(self, block: Block, own: str) -> tuple[str, object]:
        """What the location of a route does, if it gives the path back as it was."""
        upgrade = self._upgrade(block)
        inside = block.take_one("internal") == ()
        back = block.take_one("rewrite") == (f"^/[.]twipc/{own.split('/')[2]}(/.*)$", "$1", "break")
        # Who is sent on is told nothing of the rewritten path.
        back = back or any(one.name == "return" and one.args[1:] for one in block.directives)
        kind, value = self._action(block, f"route {own}", tail="$request_uri", upgrade=upgrade)
        return (kind, value) if inside and back else (f"{kind}, but not as it came", value)

    def _asks(self, location: Block) -> None:
        """Takes out what sends a request on to its route, before anything else is done with it."""
        first = location.directives[0] if location.directives else None
        on = (("rewrite", ("^(.*)$", "/.twipc/$route$1", "last")),)
        if first and first.block and (first.name, first.args) == ("if", ("($route)",)):
            self.asked = tuple((one.name, one.args) for one in first.block.directives) == on
            if self.asked:
                location.directives.remove(first)

    def _chosen(self, choice: Block) -> Iterator[object]:
        """The routes of a map, in its order."""
        used: set[str] = set()
        self._rest("routes", {"default": sum(row.name == "default" for row in choice.directives) or "is missing"})
        for row in choice.directives:
            place = f"{OWN_PREFIX}{' '.join(row.args)}/"
            came, expression = _came(row.name) if self.by_scheme else ("", row.name)
            kind, path, *asked = _choice(expression) or ("unknown", row.name)
            if (row.name, row.args) != ("default", ("",)):
                used.add(place)
                action = self.actions.get(place, ("nothing", place)) if self.asked else ("nothing", "")
                yield (kind, path, _came_by(action, of_http=came == "http", tls=self.tls), *asked)
        self._rest("routes", {"locations that nothing chooses": tuple(sorted(set(self.actions) - used))})

    @staticmethod
    def _redirect(status: str, url: str, block: Block) -> tuple[object, ...]:
        """Where clients are sent, by which status, and that a host that is told again was looked at."""
        what, value = _target(url)
        if what == "scheme" and not _refused_host(block):
            what = "scheme, whatever the host is"
        return (_number(status), what, value)

    @staticmethod
    def _upgrade(location: Block) -> str | None:
        """Where requests for an upgrade go on to, before anything else is done with them."""
        first = next((one for one in location.directives if one.name != "internal"), None)
        if first is None or first.block is None or (first.name, first.args) != ("if", ("($websocket)",)):
            return None
        to = first.block.directives
        location.directives.remove(first)
        only = len(to) == 1 and to[0].name == "rewrite" and (to[0].args[0], to[0].args[2:]) == ("^", ("last",))
        return to[0].args[1] if only else "nowhere"

    def _action(
        self, block: Block, context: str, *, tail: str = "", upgrade: str | None = None, upgraded: bool = False
    ) -> tuple[str, object]:
        """What a location does, and that it does nothing else."""
        upgrade = upgrade or self._upgrade(block)
        root, status, url = block.take_one("root"), block.take_one("return"), block.take_one("proxy_pass")
        action: tuple[str, object] = ("nothing", "")
        if root:
            action = ("files", _expanded(" ".join(root)))
        elif url:
            to = " ".join(url).removeprefix("http://")
            backend = to.removesuffix(tail) if to.endswith(tail) else f"{to} without {tail}"
            action = ("backend", backend)
            self.tries.setdefault(backend, set()).add(_retries(block))
            if not upgraded:
                self.upgrades.setdefault(backend, set()).add(upgrade)
            ends = block.take_one("proxy_next_upstream_timeout")
            self.ends.setdefault(backend, set()).add(_duration(ends) if ends else None)
        elif status and len(status) == 2:
            action = ("redirect", self._redirect(status[0], status[1], block))
        elif status:
            action = ("status", _number(" ".join(status)))
        if root or url:
            limit = block.take_one("limit_req")
            self.bursts.add(None if limit is None else _burst(limit))
        if upgrade and not url:
            self._rest(context, {"upgrade": upgrade})
        self._rest(context, block.rest())
        return action


def _target(url: str) -> tuple[str, object]:
    """What of the client's request is kept where it is sent on, and what takes the place of the rest."""
    if found := _SCHEME.fullmatch(url):
        return ("scheme", int(found[1] or "443"))
    if found := _OTHER_HOST.fullmatch(url):
        return ("host", found[1])
    return ("to", _expanded(url))


def _refused_host(block: Block) -> bool:
    """Whether a host that is none is refused; takes out what says so."""
    for one in block.directives:
        inner = tuple((inside.name, inside.args) for inside in one.block.directives) if one.block else ()
        if (one.name, one.args) == ("if", ("($host", "!~", _HOST, ")")) and inner == (("return", ("400",)),):
            block.directives.remove(one)
            return True
    return False


def _headers(server: Block) -> Iterator[tuple[str, str]]:
    """Each header that is added; one that is added twice is sent twice."""
    seen: set[str] = set()
    for directive in server.take("add_header"):
        name, value, *rest = (*directive.args, "", "")
        name = f"{name} again" if name.lower() in seen else name
        seen.add(name.lower())
        yield name, value if rest[:1] == ["always"] else f"{value} not always"


def _burst(limit: tuple[str, ...]) -> object:
    """So many may come at once: the first, and those that nginx lets come with it."""
    if limit == ("zone=rate_limit",):
        return 1
    more = limit[1].removeprefix("burst=") if len(limit) == 3 else ""
    return int(more) + 1 if more.isdecimal() and (limit[0], limit[2]) == ("zone=rate_limit", "nodelay") else " ".join(limit)


def _sent(directives: list[Directive]) -> dict[str, object]:
    """What is set on requests; a name that stands twice is sent twice."""
    headers: dict[str, object] = {}
    for one in directives:
        name, value = one.args[0] if one.args else "", _expanded(" ".join(one.args[1:]))
        headers[name] = (headers[name], value) if name in headers else value
    return headers


def _expanded(text: str) -> str:
    """What a word says: `${dollar}` holds a dollar, any other variable is none of ours."""
    return text.replace("${dollar}", "$") if "$" not in text.replace("${dollar}", "") else f"{text} with its variables"


def _came(expression: str) -> tuple[str, str]:
    """The scheme that a row asks for, and the rest of it; what is no scheme stays."""
    came, _, rest = expression.removeprefix("~^").partition(" ")
    return (came, f"~^{rest}") if expression.startswith("~^") and came in ("http", r"\S+") else ("", expression)


def _came_by(action: tuple[str, object], *, of_http: bool, tls: bool) -> tuple[str, object]:
    """An action with its requests: just those of a redirect to https are not for all, where some come by https."""
    match action:
        case ("redirect", (status, "scheme", port)):
            what = "scheme" if of_http == tls else "scheme, whatever it came by" if tls else "scheme, from http"
            return ("redirect", (status, what, port))
    return (f"{action[0]}, from http only", action[1]) if of_http else action


def _choice(expression: str) -> tuple[object, ...] | None:
    """(kind, path) and, where they are asked for, (hosts, methods) of a row of the map that chooses; None for any other."""
    hosts, _, others = expression.removeprefix("~^").partition(" ")
    methods, _, path = others.partition(" ")
    found = route_of(f"^{path}")
    asked = (_alternatives(hosts), _alternatives(methods))
    if not expression.startswith("~^") or found is None or None in asked:
        return None
    return (*found, asked) if any(asked) else found


def _alternatives(expression: str) -> tuple[str, ...] | None:
    r"""The names that `(?:a\.b|\S*\.c)` stands for, none for `\S+`; None for any other expression."""
    if expression == r"\S+":
        return ()
    inside = expression.removeprefix("(?:").removesuffix(")").split("|")
    names = tuple(re.sub(r"\\([.-])", r"\1", re.sub(r"^\\S\*", "*", one)) for one in inside)
    plain = all(re.fullmatch(r"\*?[A-Za-z0-9.-]+", name) for name in names)
    dots = all(re.fullmatch(r"(?:\\S\*)?(?:[A-Za-z0-9-]|\\\.)+", one) for one in inside)
    return names if plain and dots and expression == f"(?:{'|'.join(inside)})" else None


def _retries(block: Block) -> object:
    on, tries = block.take_one("proxy_next_upstream"), block.take_one("proxy_next_upstream_tries")
    if on == ("off",) and tries is None:
        return 0
    if on == ("error", "timeout", "http_502", "http_503", "http_504") and tries and tries[0].isdecimal():
        return int(tries[0]) - 1
    return (on, tries)


def _duration(args: tuple[str, ...]) -> object:
    found = _DURATION.fullmatch(" ".join(args))
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else " ".join(args)


def _size(text: str) -> object:
    found = _SIZE.fullmatch(text)
    return Size(int(found[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[found[2].lower()]) if found else text


def _number(text: str) -> object:
    return int(text) if text.isdecimal() else text
