"""The limits of the language: what holds on every target, with its source."""

from __future__ import annotations

from twipc.limit import Limit, Words

_DNS = "RFC 1035: a label has 63 characters, a name 253"
_OURS = "our own: more is a slip"
_NGINX_PARAMETER = "nginx takes parameters of up to 4095 bytes (tests/conformance/test_limits.py)"

NAME = Limit(
    what="a name",
    unit="characters",
    least=2,
    most=31,
    source="Docker's volumes have two; a swarm's services 63 with what is before them (tests/conformance/test_limits.py)",
)
RESERVED = Words(
    what="words that are no names of nouns",
    source="haproxy's conditions (its manual, 7.2), YAML 1.1's booleans and null, or DNS (RFC 6761) read them otherwise; "
    "`default` and `stats` are ours, but a port may be called `stats`",
    words=frozenset({"or", "if", "unless", "true", "false", "null", "on", "off", "yes", "no", "localhost", "default", "stats"}),
)
PORT = Limit(what="a port", least=1, most=65535, source="TCP and UDP have 16 bits for it (RFC 9293, RFC 768), and 0 is no port")
HIGH_PORT = Limit(
    what="a port that an engine listens on",
    least=1024,
    most=65535,
    source="Linux: a lower one needs a right, and engines here have none",
)
REPLICAS = Limit(what="replicas", least=0, most=1000, source=_OURS)
UTILIZATION = Limit(
    what="autoscaling.cpu and .memory",
    unit="percent",
    least=10,
    most=90,
    source="our own: under it more instances always come, and over it hardly ever",
)
STANDBYS = Limit(what="standbys", least=1, most=9, source=f"{_OURS}; each but the first only waits")
MAX_PER_HOST = Limit(what="max_per_host", least=1, most=1000, source="as many as there are replicas")
PARALLELISM = Limit(what="rollout.parallelism", least=1, most=1000, source="as many as there are replicas")
DURATION = Limit(
    what="a duration",
    unit="ms",
    least=1,
    most=7 * 24 * 3_600_000,
    source="Docker's checks take 1 ms (API reference, HealthConfig), haproxy's timers end at 2147483647 ms; a week is more "
    "than any field wants",
)
MEMORY = Limit(
    what="resources.memory",
    unit="bytes",
    least=6 << 20,
    most=1 << 46,
    source="the least that Docker creates a container with (measured, 26.1), and that ECS accepts (botocore's text of memory)",
)
_PAGES = "Linux: a tmpfs has whole pages, of 4 KiB, and one of none has no limit (tests/conformance/test_docker.py)"
TMPFS = Limit(what="the size of a tmpfs", unit="bytes", least=1 << 12, most=1 << 46, source=_PAGES)
SHARED_MEMORY = Limit(what="shm_size", unit="bytes", least=1 << 12, most=1 << 46, source=_PAGES)
CPU = Limit(
    what="resources.cpu",
    unit="thousandths of a processor",
    least=10,
    most=192_000,
    source='Docker\'s least is 0.01 (daemon_unix.go, "Range of CPUs"); the largest host that ECS knows has 192 (botocore)',
)
PIDS = Limit(
    what="resources.pids",
    unit="processes and threads",
    least=2,
    most=1 << 22,
    source="measured: a program below an init is two, and beyond the kernel's most (PID_MAX_LIMIT) nothing starts; to Docker 0 "
    "is no limit",
)
BODY = Limit(what="http.max_body", unit="bytes", least=1, most=1 << 40, source="to nginx 0 is no limit")
CHECKS = Limit(
    what="failures and successes of a check",
    least=1,
    most=10,
    source="ECS: retries of 1 to 10 (botocore's text of HealthCheck)",
)
RETRIES = Limit(what="backend.retries", least=0, most=10, source=_OURS)
HOLD = Limit(
    what="backend.hold",
    unit="ms",
    least=1,
    most=30_000,
    source="our own: who waits longer has gone",
)
MAX_MEMBERS = Limit(what="backend.max_members", least=1, most=1000, source="as many as there are replicas")
RATE = Limit(
    what="requests and burst of a rate limit",
    least=1,
    most=10_000,
    source="haproxy counts milliseconds × requests, of a minute at most, below 2^30",
)
USER = Limit(what="a user or a group", least=0, most=(1 << 31) - 1, source="Docker's largest number")
ULIMIT = Limit(what="a limit of processes", least=-1, most=(1 << 63) - 1, source="the kernel's numbers; -1 is no limit")
CONSTRAINTS = Limit(
    what="placement.constraints",
    unit="labels",
    most=8,
    source="ECS takes 10 (botocore's text), of which the target needs one itself",
)
SPREAD = Limit(
    what="placement.spread",
    unit="labels",
    most=3,
    source="ECS takes 5 strategies (botocore's text), of which the target needs two itself",
)
HOST_LABEL = Limit(what="a host's label", unit="characters", least=2, most=63, source="swarm's labels have two (measured)")
HOST_VALUE = Limit(what="the value of a host's label", unit="characters", least=1, most=63, source=_OURS)
DRIVER = Limit(what="a volume driver's name", unit="characters", least=1, most=128, source=_OURS)
DRIVER_OPTION = Limit(what="the name of a driver's option", unit="characters", least=1, most=64, source=_OURS)
PLATFORM_NAME = Limit(
    what="a secret's name in a swarm",
    unit="characters",
    least=2,
    most=64,
    source="swarmkit, measured for configs, whose rule is the same (tests/conformance/test_limits.py)",
)
IMAGE = Limit(
    what="an image's name", unit="characters", least=1, most=255, source="Docker's grammar (distribution, reference.go)"
)
REGISTRY = Limit(what="a registry's name", unit="characters", least=3, most=160, source=f"{_OURS}; an image's name has 255")
LABEL_NAME = Limit(what="the name of a label", unit="characters", least=1, most=128, source=_OURS)
LABEL = Limit(what="a label", unit="bytes", most=4096, source=_OURS)
PATH = Limit(
    what="a path in a container", unit="characters", most=1024, source="Linux takes 4095 bytes (PATH_MAX), four for a character"
)
PATH_PART = Limit(
    what="a part of a path", unit="bytes", most=255, source="Linux, NAME_MAX: every file system that containers lie on"
)
REQUEST_PATH = Limit(what="a request's path", unit="characters", least=1, most=512, source=_NGINX_PARAMETER)
REQUEST_HOST = Limit(what="a host", unit="characters", least=1, most=253, source=_DNS)
HOST_PART = Limit(what="a part of a host between dots", unit="characters", least=1, most=63, source=_DNS)
ROUTE_HOSTS = Limit(what="hosts of a route", least=1, most=16, source=f"{_NGINX_PARAMETER}, and haproxy lines of 64 words")
ROUTE_HOST_LENGTH = Limit(what="all hosts of a route together", unit="characters", most=1000, source=_NGINX_PARAMETER)
REDIRECT = Limit(
    what="a redirect's target",
    unit="characters",
    least=1,
    most=1024,
    source="what is added to an answer must fit the engines' buffers, 16 KiB in haproxy (its manual, `tune.bufsize`)",
)
HEADER_NAME = Limit(what="a header's name", unit="characters", least=1, most=64, source=_OURS)
HEADERS = Limit(
    what="all headers that are set together",
    unit="bytes",
    most=640,
    source="haproxy keeps 1024 bytes for headers that are added (its manual, `tune.maxrewrite`), and some are ours",
)
COOKIE = Limit(what="a cookie's name", unit="characters", least=1, most=32, source=_OURS)

LIMITS = (
    NAME,
    PORT,
    HIGH_PORT,
    REPLICAS,
    UTILIZATION,
    STANDBYS,
    MAX_PER_HOST,
    PARALLELISM,
    DURATION,
    MEMORY,
    TMPFS,
    SHARED_MEMORY,
    CPU,
    PIDS,
    BODY,
    CHECKS,
    RETRIES,
    HOLD,
    MAX_MEMBERS,
    RATE,
    USER,
    ULIMIT,
    CONSTRAINTS,
    SPREAD,
    HOST_LABEL,
    HOST_VALUE,
    DRIVER,
    DRIVER_OPTION,
    PLATFORM_NAME,
    IMAGE,
    REGISTRY,
    LABEL_NAME,
    LABEL,
    PATH,
    PATH_PART,
    REQUEST_PATH,
    REQUEST_HOST,
    HOST_PART,
    ROUTE_HOSTS,
    ROUTE_HOST_LENGTH,
    REDIRECT,
    HEADER_NAME,
    HEADERS,
    COOKIE,
)
