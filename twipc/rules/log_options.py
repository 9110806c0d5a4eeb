"""The options of Docker's log drivers, and what each takes.

Sources: daemon/logger of Docker 26.1, each option and value tried on its engine. Left out: patterns (`labels-regex`,
`env-regex`, `awslogs-multiline-pattern`), which only Go judges; endpoints and credentials; what takes a protection away
(`syslog-tls-skip-verify`); fluentd by TLS, which no test here could try.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct


class Kind(Struct, frozen=True):
    """What an option takes, in words."""

    what: str
    such_as: str
    fits: Callable[[str], object]


def _form(pattern: str, what: str, such_as: str) -> Kind:
    return Kind(what, f"such as {such_as}", lambda text: re.fullmatch(pattern, text))


def _word(*words: str) -> Kind:
    return Kind(f"one of: {', '.join(words)}", "", frozenset(words).__contains__)


_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
_SOCKET = r"/[A-Za-z0-9._/-]{1,100}"
_MOST_TEXT = 200


def _port(text: str) -> bool:
    """Whether the number after the last colon is a port's, or there is none."""
    number = re.search(r":([0-9]+)\Z", text)
    return number is None or 1 <= int(number[1]) <= 65535


def _address(pattern: str, such_as: str) -> Kind:
    """Docker's engine asks for it on its host: names of services mean nothing there."""
    return Kind(
        "an address that this driver can reach", f"such as {such_as}", lambda text: re.fullmatch(pattern, text) and _port(text)
    )


def _fits_tag(text: str) -> bool:
    """Braces are a template of Docker's: of its own words only, or the container does not start (measured)."""
    left = re.sub(r"\{\{\.(?:ID|FullID|Name|ImageID|ImageFullID|ImageName|DaemonName)\}\}", "", text)
    return "{{" not in left and 0 < len(text) <= _MOST_TEXT


def _interval(text: str) -> bool:
    found = re.fullmatch(r"([0-9]{1,5})(ms|s)", text)
    return found is not None and 100 <= int(found[1]) * (1000 if found[2] == "s" else 1) <= 10_000


_SIZE = _form(r"[1-9][0-9]{0,5}[kmg]?", "a size", "10m")
_COUNT = _form(r"[1-9][0-9]{0,3}", "a count", '"3"')
_NUMBER = _form(r"0|[1-9][0-9]{0,5}", "a number", '"5"')
_SWITCH = _word("true", "false")
_NAMES = _form(r"[A-Za-z0-9_][A-Za-z0-9_./-]*(?:,[A-Za-z0-9_][A-Za-z0-9_./-]*)*", "a list of names", "com.example.team,app")
_TAG = Kind(
    f"1 to {_MOST_TEXT} characters, and in double braces only words of Docker's own",
    "those are {{.ID}}, {{.FullID}}, {{.Name}}, {{.ImageID}}, {{.ImageFullID}}, {{.ImageName}} and {{.DaemonName}}",
    _fits_tag,
)
_FILE = _form(_SOCKET, "a file of the host", "/etc/ssl/logs/ca.pem")
_BUFFER = {"mode": _word("blocking", "non-blocking"), "max-buffer-size": _SIZE}
_ABOUT = {**_BUFFER, "tag": _TAG, "labels": _NAMES, "env": _NAMES}
_FILES = {"max-size": _SIZE, "max-file": _COUNT, "compress": _SWITCH}
_FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *(f"local{number}" for number in range(8)),
)

OPTIONS: Mapping[str, Mapping[str, Kind]] = {
    "json-file": {**_ABOUT, **_FILES},
    "local": {**_BUFFER, **_FILES},
    "journald": _ABOUT,
    "syslog": {
        **_ABOUT,
        "syslog-address": _address(
            rf"(?:udp|tcp|tcp\+tls)://{_HOST}(?::[0-9]{{1,5}})?|unix(?:gram)?://{_SOCKET}", "tcp+tls://logs.example.com:6514"
        ),
        "syslog-facility": _word(*_FACILITIES),
        "syslog-format": _word("rfc3164", "rfc5424", "rfc5424micro"),
        "syslog-tls-ca-cert": _FILE,
        "syslog-tls-cert": _FILE,
        "syslog-tls-key": _FILE,
    },
    "gelf": {
        **_ABOUT,
        "gelf-address": _address(rf"(?:udp|tcp)://{_HOST}:[0-9]{{1,5}}", "udp://logs.example.com:12201"),
        "gelf-compression-type": _word("gzip", "zlib", "none"),
        "gelf-compression-level": _form("-1|[0-9]", "a level from -1 to 9", '"6"'),
        "gelf-tcp-max-reconnect": _NUMBER,
        "gelf-tcp-reconnect-delay": _NUMBER,
    },
    "fluentd": {
        **_ABOUT,
        "fluentd-address": _address(rf"(?:tcp://)?{_HOST}(?::[0-9]{{1,5}})?|unix://{_SOCKET}", "logs.example.com:24224"),
        "fluentd-async": _SWITCH,
        "fluentd-async-reconnect-interval": Kind("a time from 100ms to 10s", "such as 1s", _interval),
        "fluentd-buffer-limit": _SIZE,
        "fluentd-retry-wait": _form(r"[1-9][0-9]{0,5}(?:ms|s|m)", "a time", "1s"),
        "fluentd-max-retries": _NUMBER,
        "fluentd-request-ack": _SWITCH,
        "fluentd-sub-second-precision": _SWITCH,
    },
    "awslogs": {
        **_BUFFER,
        "tag": _TAG,
        "awslogs-group": _form("[A-Za-z0-9._/#-]{1,512}", "a name of a log group", "/shop/prod/web"),
        "awslogs-region": _form("[a-z]{2}(?:-[a-z]+)+-[0-9]", "a region", "eu-west-1"),
        "awslogs-stream": _form(f"[^:*]{{1,{_MOST_TEXT}}}", "a name of a log stream: it has no `:` and no `*`", "web"),
        "awslogs-create-group": _SWITCH,
        "awslogs-datetime-format": _form(f".{{1,{_MOST_TEXT}}}", "the format of a date", "%Y-%m-%d"),
    },
    "none": {},
}
NEEDED: Mapping[str, Mapping[str, str]] = {
    "gelf": {"gelf-address": "udp://logs.example.com:12201"},
    "awslogs": {"awslogs-group": "/shop/prod/web"},
}
"""Without these no container is made."""

_Fails = Callable[[str, Mapping[str, str]], bool]


def _scheme(option: str, *schemes: str) -> _Fails:
    return lambda _driver, options: options.get(option, "").partition("://")[0] not in schemes


_ONLY_TLS = ("is for TLS alone", "`syslog-address: tcp+tls://…`, or take it out")
_ONLY_TCP = ("is for TCP alone", "`gelf-address: tcp://…`, or take it out")
_ONLY_UDP = ("is for UDP alone: by TCP nothing is compressed", "`gelf-address: udp://…`, or take it out")
_NOT_TLS, _NOT_TCP, _NOT_UDP = (
    _scheme("syslog-address", "tcp+tls"),
    _scheme("gelf-address", "tcp"),
    _scheme("gelf-address", "udp"),
)
CONDITIONS: tuple[tuple[str, _Fails, str, str], ...] = (
    (
        "max-buffer-size",
        lambda _driver, options: options.get("mode") != "non-blocking",
        "has nothing to buffer unless the mode is non-blocking",
        "add `mode: non-blocking`, or take it out",
    ),
    (
        "compress",
        lambda driver, options: (
            driver == "json-file"
            and options["compress"] == "true"
            and not ("max-size" in options and int(options.get("max-file", "1")) > 1)
        ),
        "is for older files, and there are none",
        'add `max-size: 10m` and `max-file: "3"`, or take it out',
    ),
    (
        "max-file",
        lambda driver, options: driver == "local" and options["max-file"] == "1" and options.get("compress") != "false",
        "leaves no older files, which `local` compresses",
        'add `compress: "false"`, or write `max-file: "2"`',
    ),
    (
        "max-file",
        lambda driver, options: driver == "json-file" and "max-size" not in options,
        "has no effect: a second file begins when the first is full, and without a size it never is",
        "add `max-size: 10m`, or take it out",
    ),
    *((f"syslog-tls-{one}", _NOT_TLS, *_ONLY_TLS) for one in ("ca-cert", "cert", "key")),
    (
        "syslog-tls-cert",
        lambda _driver, options: "syslog-tls-key" not in options,
        "is of no use without its key",
        "add `syslog-tls-key`",
    ),
    (
        "syslog-tls-key",
        lambda _driver, options: "syslog-tls-cert" not in options,
        "is of no use without its certificate",
        "add `syslog-tls-cert`",
    ),
    *((f"gelf-compression-{one}", _NOT_UDP, *_ONLY_UDP) for one in ("type", "level")),
    *((f"gelf-tcp-{one}", _NOT_TCP, *_ONLY_TCP) for one in ("max-reconnect", "reconnect-delay")),
    (
        "fluentd-async-reconnect-interval",
        lambda _driver, options: options.get("fluentd-async") != "true",
        "has no effect: only who sends in the background connects again at intervals",
        'add `fluentd-async: "true"`, or take it out',
    ),
    (
        "tag",
        lambda driver, options: driver == "awslogs" and "awslogs-stream" in options,
        "has no effect: the stream is called by `awslogs-stream`",
        "take one of them out",
    ),
)
"""(option; whether it fails; what is wrong; what helps): options that ask for others."""
