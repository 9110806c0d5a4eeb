"""What a location does with the requests that it gets."""

from __future__ import annotations

from twipc.regex import late_regex

from ..tree import Block
from .taking import Taking
from .words import duration, expanded, number

_SCHEME = late_regex(r"https://\$host(?::([0-9]+))?\$request_uri")
_OTHER_HOST = late_regex(r"//([a-z0-9.-]+)\$request_uri")
_HOST = r"^([a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])$"


class Actions(Taking):
    """Takes what a location does, and what of it belongs to the whole backend or server."""

    def action(
        self, block: Block, context: str, *, tail: str = "", upgrade: str | None = None, upgraded: bool = False
    ) -> tuple[str, object]:
        """What a location does, and that it does nothing else."""
        upgrade = upgrade or self.upgrade(block)
        root, status, url = block.take_one("root"), block.take_one("return"), block.take_one("proxy_pass")
        action: tuple[str, object] = ("nothing", "")
        if root:
            action = ("files", expanded(" ".join(root)))
        elif url:
            to = " ".join(url).removeprefix("http://")
            backend = to.removesuffix(tail) if to.endswith(tail) else f"{to} without {tail}"
            action = ("backend", backend)
            self.tries.setdefault(backend, set()).add(_retries(block))
            if not upgraded:
                self.upgrades.setdefault(backend, set()).add(upgrade)
            ends = block.take_one("proxy_next_upstream_timeout")
            self.ends.setdefault(backend, set()).add(duration(ends) if ends else None)
        elif status and len(status) == 2:
            action = ("redirect", self._redirect(status[0], status[1], block))
        elif status:
            action = ("status", number(" ".join(status)))
        if root or url:
            limit = block.take_one("limit_req")
            self.bursts.add(None if limit is None else _burst(limit))
        if upgrade and not url:
            self.rest(context, {"upgrade": upgrade})
        self.rest(context, block.rest())
        return action

    @staticmethod
    def _redirect(status: str, url: str, block: Block) -> tuple[object, ...]:
        """Where clients are sent, by which status, and that a host that is told again was looked at."""
        what, value = _target(url)
        if what == "scheme" and not _refused_host(block):
            what = "scheme, whatever the host is"
        return (number(status), what, value)

    @staticmethod
    def upgrade(location: Block) -> str | None:
        """Where requests for an upgrade go on to, before anything else is done with them."""
        first = next((one for one in location.directives if one.name != "internal"), None)
        if first is None or first.block is None or (first.name, first.args) != ("if", ("($websocket)",)):
            return None
        to = first.block.directives
        location.directives.remove(first)
        only = len(to) == 1 and to[0].name == "rewrite" and (to[0].args[0], to[0].args[2:]) == ("^", ("last",))
        return to[0].args[1] if only else "nowhere"


def _target(url: str) -> tuple[str, object]:
    """What of the client's request is kept where it is sent on, and what takes the place of the rest."""
    if found := _SCHEME.fullmatch(url):
        return ("scheme", int(found[1] or "443"))
    if found := _OTHER_HOST.fullmatch(url):
        return ("host", found[1])
    return ("to", expanded(url))


def _refused_host(block: Block) -> bool:
    """Whether a host that is none is refused; takes out what says so."""
    for one in block.directives:
        inner = tuple((inside.name, inside.args) for inside in one.block.directives) if one.block else ()
        if (one.name, one.args) == ("if", ("($host", "!~", _HOST, ")")) and inner == (("return", ("400",)),):
            block.directives.remove(one)
            return True
    return False


def _burst(limit: tuple[str, ...]) -> object:
    """So many may come at once: the first, and those that nginx lets come with it."""
    if limit == ("zone=rate_limit",):
        return 1
    more = limit[1].removeprefix("burst=") if len(limit) == 3 else ""
    return int(more) + 1 if more.isdecimal() and (limit[0], limit[2]) == ("zone=rate_limit", "nodelay") else " ".join(limit)


def _retries(block: Block) -> object:
    on, tries = block.take_one("proxy_next_upstream"), block.take_one("proxy_next_upstream_tries")
    if on == ("off",) and tries is None:
        return 0
    if on == ("error", "timeout", "http_502", "http_503", "http_504") and tries and tries[0].isdecimal():
        return int(tries[0]) - 1
    return (on, tries)
