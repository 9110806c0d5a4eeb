"""The backends: who is a member, how members are asked, and how requests are shared among them."""

from __future__ import annotations

from twipc.regex import late_regex
from twipc.spec import Duration
from twipc.target import FactKey

from ..sections import Section
from .taking import Taking
from .words import duration, number, one_duration

_BALANCE = {"roundrobin": "round-robin", "leastconn": "least-connections", "source": "source"}
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
_LIMIT = late_regex(
    r"src table in_http\n"
    r"date\(0,ms\),mul\(([0-9]+)\),mod\(1073741824\)\n"
    r"sc_get_gpt0\(0\),sub\(txn\.now\)\n"
    r"int\(0\) unless \{ var\(txn\.owed\) -m int 0:([0-9]+) \}\n"
    r"deny_status 429 if \{ var\(txn\.owed\) -m int gt ([0-9]+) \}\n"
    r"var\(txn\.now\),add\(txn\.owed\),add\(([0-9]+)\)"
)


HOLD = "twipc_hold_"
HELD = "twipc_held_"
_WAIT = late_regex(
    r"http-request (?:pause (?P<time>[0-9]+m?s)|lua\.twipc_hold (?P<of>[a-z0-9-]+) (?P<millis>[0-9]+))"
    r" if \{ nbsrv\((?P<nobody>[a-z0-9-]+)\) eq 0 \}"
)


class Backends(Taking):
    """Takes what is said of each backend with members."""

    def backend(self, section: Section) -> None:
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
        own = limit(section)
        # Where requests wait, they are counted before.
        if own is not None or section.name not in self.limits:
            self.limits[section.name] = own
        tunnel = section.take_one("timeout", "tunnel")
        if tunnel:
            plain = section.take_one("http-request", "del-header", "Upgrade") == _UPGRADE
            self.facts[FactKey("backend.websockets", owner)] = duration(tunnel) if plain else ("any upgrade", *tunnel)
        checks = self._checks(section)
        members: list[tuple[str, object]] = []
        rooms: set[object] = set()
        for words in section.take("server-template"):
            prefix, room, address, *rest = (*words, "", "", "")
            host, _, at = address.rpartition(":")
            member = self.discovery.service(host)
            members.append((member, number(at)))
            rooms.add(number(room))
            options = tuple(word for word in rest if word)
            for leaf, value in checks.items():
                self.facts[FactKey(f"service.ready.{leaf}", (member, *owner))] = value
            if checks:
                asked = options[1] if options[:1] == ("port",) else at
                self.facts[FactKey("service.ready.http.port", (member, *owner))] = number(asked)
                options = options[2:] if options[:1] == ("port",) else options
            self.rest_of(f"slots of {member} in {section.name}", (prefix, *options))
        self.facts[FactKey("backend.members", owner)] = tuple(members)
        self.facts[FactKey("backend.max_members", owner)] = rooms.pop() if len(rooms) == 1 else tuple(sorted(map(str, rooms)))

    def held_frontend(self, section: Section) -> None:
        """How long a request waits while no member is there, in all."""
        name = section.name.removeprefix(HELD)
        whole = 0
        ways: set[str] = set()
        for line in list(section.lines):
            found = _WAIT.fullmatch(" ".join(line.words))
            if found and found["nobody"] == name and found["of"] in (None, name):
                time = one_duration(found["time"] or f"{found['millis']}ms")
                assert isinstance(time, Duration), found
                whole += time
                ways.add("pause" if found["time"] else "lua")
                section.lines.remove(line)
        self.held.add(name)
        self.rest_of(f"what lets a request to {name} wait", tuple(sorted(ways)))
        self.facts[FactKey("backend.hold", (self.service, name))] = Duration(whole)

    def _retries(self, section: Section, owner: tuple[str, str]) -> None:
        count = number(" ".join(section.take_one("retries") or ("",)))
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
            ("inter", "interval", one_duration),
            ("fall", "failures", number),
            ("rise", "successes", number),
        ):
            if option in words:
                index = words.index(option)
                times[leaf] = read_value(words[index + 1]) if index + 1 < len(words) else "nothing"
                del words[index : index + 2]
        self.rest_of(f"default-server of {section.name}", tuple(words))
        if section.take_one("option", "httpchk") is None:
            self.rest_of(f"times of {section.name}", tuple(sorted(times.items())))
            return {}
        send = section.take_one("http-check", "send", "meth", "GET", "uri") or ("nothing",)
        self.rest_of(f"check of {section.name}", send[1:])
        timeout = section.take_one("timeout", "check")
        return {**times, "http.path": send[0], "timeout": duration(timeout) if timeout else "nothing"}


def limit(section: Section) -> tuple[object, ...] | None:
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
