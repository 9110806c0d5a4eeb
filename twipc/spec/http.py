"""HTTP servers that forward requests and serve files; the engine is a choice."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .limits import HEADERS, MAX_MEMBERS, RATE, RETRIES, ROUTE_HOST_LENGTH, ROUTE_HOSTS
from .noun import Clash, Noun
from .values import (
    WHOLE,
    Body,
    ContainerPath,
    CookieName,
    Duration,
    Form,
    Glob,
    HeaderName,
    HeaderValue,
    HighPort,
    HoldTime,
    Line,
    Name,
    PlainHost,
    PortName,
    PortNumber,
    ProjectPath,
    RedirectTarget,
    RequestHeader,
    RequestHost,
    RequestPath,
    SecondOrMinute,
    SecretName,
    SettableHeader,
    Size,
    Time,
    Whole,
)

ErrorStatus = Annotated[Literal[400, 403, 404, 408, 413, 429, 500, 501, 502, 503, 504], WHOLE]
"""The statuses for which nginx and haproxy both can serve a page of ours (haproxy 3.2 configuration manual, `http-error`)."""

EngineVersion = Annotated[
    str,
    Form(
        r"[0-9]{1,3}\.[0-9]{1,3}",
        "a version of two numbers",
        'such as "1.30", in quotes',
        lambda value: ".".join(value.removeprefix("v").partition("-")[0].split(".")[:2]),
    ),
]
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Observed = Literal["request-time", "upstream-address", "upstream-response-time"]


class Engine(Noun):
    """The program that serves."""

    name: Literal["nginx", "haproxy"] = Field(description="nginx or haproxy.")
    version: EngineVersion = Field(description='Its version, in quotes: "1.30", "3.2".')


class Listen(Noun):
    """Where requests come in."""

    SHORT: ClassVar[str] = "number"
    port: PortName = Field("http", description="The port's name.")
    number: HighPort = Field(description="The port's number in the container; below 1024 needs rights that it does not have.")


class ListenTls(Noun):
    """Where requests come in by https."""

    SHORT: ClassVar[str] = "number"
    port: PortName = Field("https", description="The port's name.")
    number: HighPort = Field(description="The port's number in the container; below 1024 needs rights that it does not have.")


class Tls(Noun):
    """Requests by https, besides those by http: TLS 1.2 and 1.3 as in Mozilla's intermediate configuration, HTTP/1.1."""

    listen: ListenTls = Field(description="Where they come in.")
    certificate: SecretName = Field(
        description="The secret that holds, as one PEM file, the certificate, those of its chain, and the private key."
    )
    hsts: bool = Field(True, description="Browsers that came by https once come by https only, for two years.")


class Sticky(Noun):
    """A client stays with the member that first answered it."""

    cookie: CookieName = Field(description="The cookie that remembers the member.")


class Backend(Noun):
    """Equal members that share requests."""

    members: tuple[Line, ...] = Field(description="Who answers: `service.port`.", min_length=1)
    balance: Literal["round-robin", "least-connections", "source"] = Field(
        "round-robin", description="Who gets the next request; `source` goes by the client's address."
    )
    sticky: Sticky | None = Field(None, description="Clients stay with the member that first answered.")
    retries: Annotated[int, Whole(RETRIES)] = Field(
        2, description="How often a failed GET or HEAD is tried again, on another member."
    )
    websockets: Time | None = Field(
        None,
        description="Clients may upgrade to a WebSocket, which ends after so long without a byte; otherwise none is upgraded.",
    )
    hold: HoldTime | None = Field(
        None,
        description="So long a request waits while no member is ready, and a GET or HEAD whose member ends under it is sent "
        "again; by default 10s where a member has a standby, else none waits.",
    )
    max_members: Annotated[int, Whole(MAX_MEMBERS)] | None = Field(
        None,
        description="Room for so many instances of each member; by default max(8, 2 × replicas + 2), of a range by its most.",
    )


class Match(Noun):
    """Which requests a route takes, by their path (decoded, slashes merged), and of these by host and method."""

    ONE_OF: ClassVar[tuple[str, ...]] = ("prefix", "exact", "glob")
    ONE_OR_MORE: ClassVar[tuple[str, ...]] = (*ONE_OF, "host", "method")
    prefix: tuple[RequestPath, ...] | None = Field(
        None, min_length=1, description="/a/ takes all below it; /a takes /a itself and all below /a/, never /ab."
    )
    exact: tuple[RequestPath, ...] | None = Field(None, min_length=1, description="Just this path.")
    glob: tuple[Glob, ...] | None = Field(None, min_length=1, description="`*` within a segment, `**` across slashes.")
    host: tuple[RequestHost, ...] | None = Field(
        None,
        min_length=ROUTE_HOSTS.least,
        max_length=ROUTE_HOSTS.most,
        description="Only for these hosts, in whatever case and at whatever port.",
    )
    method: tuple[Method, ...] | None = Field(None, min_length=1, description="Only with these methods; GET is not HEAD.")

    def clashes(self) -> Iterator[Clash]:
        if sum(map(len, self.host or ())) not in ROUTE_HOST_LENGTH:
            yield Clash("the hosts are too long", "nginx takes parameters of up to 4095 bytes; write a second route", ("host",))


class Redirect(Noun):
    """Where a client is sent on to."""

    SHORT: ClassVar[str] = "to"
    ONE_OF: ClassVar[tuple[str, ...]] = ("to", "scheme", "host")
    to: RedirectTarget | None = Field(
        None, description="To this path, or this http or https URL, to the letter; what the client asked for is dropped."
    )
    scheme: Literal["https"] | None = Field(
        None, description="To https: the same host, path and query. Who comes by https to this server is not sent on."
    )
    host: PlainHost | None = Field(None, description="To this host: the same path and query, by the scheme that was asked by.")
    port: PortNumber = Field(443, description="With `scheme`: the port at which clients reach the https side.")
    # A 301 or 302 makes a GET of a POST in most clients.
    status: Annotated[Literal[301, 302, 303, 307, 308], WHOLE] = Field(
        308, description="308 and 307 keep the method and the body, 301 and 308 are remembered by clients."
    )

    def clashes(self) -> Iterator[Clash]:
        if self.port != 443 and self.scheme is None:
            said = "`port` is written without `scheme`"
            yield Clash(said, "it is the port of the https side; leave it out", ("port",), certain=False)


class Route(Noun):
    """Where a request goes; of all routes that match the first wins."""

    ONE_OF: ClassVar[tuple[str, ...]] = ("backend", "files", "redirect")
    match: Match = Field(description="Which requests.")
    backend: Name | None = Field(None, description="They are sent to this backend.")
    files: ContainerPath | None = Field(None, description="They are answered from this folder in the container.")
    redirect: Redirect | None = Field(None, description="Their clients are sent on.")


class Default(Noun):
    """What happens to a request that no route takes."""

    ONE_OF: ClassVar[tuple[str, ...]] = ("status", "backend")
    status: Annotated[Literal[403, 404, 410, 503], WHOLE] | None = Field(None, description="It is answered with this status.")
    backend: Name | None = Field(None, description="It is sent to this backend.")


class Timeouts(Noun):
    """How long the server waits for whom."""

    request: Time = Field(Duration(5000), description="For a client to send its request's headers.")
    idle: Time = Field(Duration(10_000), description="For the next request on an open connection.")
    connect: Time = Field(Duration(300), description="For a member to accept a connection.")
    response: Time = Field(Duration(30_000), description="For a member to answer.")


class ErrorPage(Noun):
    """A page for errors that the server itself answers."""

    status: tuple[ErrorStatus, ...] = Field(
        min_length=1, description="For these statuses, of those that a server answers itself when something fails."
    )
    page: ProjectPath = Field(description="The page's file, relative to the project.")


class RateLimit(Noun):
    """How many requests one client's address may send to members or for files; more are answered with 429."""

    requests: Annotated[int, Whole(RATE)] = Field(description="So many in each `per`, over time.")
    per: SecondOrMinute = Field(description="1s or 1m.")
    burst: Annotated[int, Whole(RATE)] = Field(description="So many at once, if none came before; they count as all others do.")


class StatsAuth(Noun):
    """Who may read the statistics: the user `stats` with the secret as password."""

    secret: SecretName = Field(description="The secret that holds the password, one line.")


class Stats(Noun):
    """The engine's statistics page."""

    port: PortName = Field("stats", description="The port's name.")
    number: HighPort = Field(description="The port's number in the container.")
    auth: StatsAuth = Field(description="Who may read it.")


class Http(Noun):
    """An HTTP server that forwards requests and serves files."""

    engine: Engine = Field(description="The program that serves.")
    listen: Listen = Field(description="Where requests come in.")
    tls: Tls | None = Field(None, description="Requests come in by https too.")
    backends: Mapping[Name, Backend] = Field({}, description="Who requests can be sent to.")
    routes: tuple[Route, ...] = Field((), description="Where requests go; the first match wins.")
    default: Default = Field(description="What happens to a request that no route takes.")
    timeouts: Timeouts = Field(Timeouts(), description="How long the server waits for whom.")
    max_body: Body = Field(Size(1 << 20), description="The largest body of a request; a larger one is answered with 413.")
    error_pages: tuple[ErrorPage, ...] = Field((), description="Pages for errors that the server itself answers.")
    expose_headers: Mapping[HeaderName, Observed] = Field({}, description="Headers that tell the client how it was served.")
    response_headers: Mapping[SettableHeader, HeaderValue] = Field(
        {}, description="Headers of every answer, error pages included; a member's own of the same name is replaced."
    )
    request_headers: Mapping[RequestHeader, HeaderValue] = Field(
        {}, description="Headers of every request that goes to a member; the client's own of the same name is replaced."
    )
    access_log: Literal["json", "common", "none"] = Field(
        "json", description="A line for each request, on standard output: a JSON object, NCSA's common log format, or none."
    )
    rate_limit: RateLimit | None = Field(
        None, description="How many requests one client's address may send to members or for files; more are answered with 429."
    )
    stats: Stats | None = Field(None, description="The engine's statistics page.")

    def clashes(self) -> Iterator[Clash]:
        counted = self.default.backend or any(route.backend or route.files for route in self.routes)
        if self.rate_limit and not counted:
            help = "it counts what goes to members or for files, and no route leads there"
            yield Clash("the rate limit counts nothing", help, ("rate_limit",), certain=False)
        yield from self._header_clashes()
        yield from self._page_clashes()
        if self.tls and self.stats and self.tls.certificate == self.stats.auth.secret:
            said = f"`{self.tls.certificate}` is a certificate and a password"
            yield Clash(said, "each is a secret of its own", ("tls", "certificate"))

    def _page_clashes(self) -> Iterator[Clash]:
        """Statuses that are said twice: one engine would take the first page, another the last."""
        seen: set[int] = set()
        for index, page in enumerate(self.error_pages):
            for nth, status in enumerate(page.status):
                if status in seen:
                    said, help = f"the status {status} has a page already", "a status has one page: take it out of one of them"
                    yield Clash(said, help, ("error_pages", index, "status", nth))
                seen.add(status)

    def _header_clashes(self) -> Iterator[Clash]:
        """Headers that are said twice, in whatever case, and those that do not fit."""
        help = "upper and lower case are the same in a header's name"
        for fields in (("expose_headers", "response_headers"), ("request_headers",)):
            seen: set[str] = set()
            for field in fields:
                for name in getattr(self, field):
                    if name.lower() in seen:
                        yield Clash(f"the header `{name}` is said twice", help, (field, name))
                    seen.add(name.lower())
        for what, headers in (("response", self.response_headers), ("request", self.request_headers)):
            # A name and a value are joined by `: ` and end with a line end.
            if sum(len(name) + len(value.encode()) + 4 for name, value in headers.items()) not in HEADERS:
                said = f"the {what} headers are too long"
                yield Clash(said, f"all together have {HEADERS.most} bytes", (f"{what}_headers",))
        if self.tls and self.tls.hsts:
            for name in self.response_headers:
                if name.lower() == "strict-transport-security":
                    said = f"the header `{name}` is said twice"
                    yield Clash(said, "`tls` says it too: write `hsts: false` to say it yourself", ("response_headers", name))
