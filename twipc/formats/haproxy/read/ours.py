"""What our own haproxy configurations do besides the routes of a spec: that they do is the baseline's business."""

from __future__ import annotations

from collections.abc import Sequence

from .asking import NAMED, NORMALISED
from .ending import condition_of
from .errors import LOCATIONS
from .steering import keeps

OWN = "twipc_"
"""How the backends begin that stand in ours for redirects, waiting and refusals."""
_A_HOST = "^([a-z0-9_-]+([.][a-z0-9_-]+)*[.]?|[[][0-9a-f:.]+])(:[0-9]{0,5})?$"
REFUSALS = (
    ("unless", "{", "var(txn.path)", "-m", "beg", "--", "/", "}"),
    ("if", "{", "var(txn.path)", "-m", "reg", "--", "(^|/)[.][.]?(/|$)", "}"),
    ("if", "{", "path", "-m", "reg", "-i", "--", "%([01][0-9a-f]|7f)", "}"),
    ("if", "METH_TRACE", "or", "METH_CONNECT"),
    *(
        tuple(line.split())
        for line in (
            "unless { req.fhdr(host) -m found } or HTTP_1.0 { url -m beg -- / }",
            f"if {{ req.fhdr(host) -m found }} !{{ req.fhdr(host) -m reg -i -- {_A_HOST} }}",
            "if { req.fhdr(host) -m len gt 260 }",
            "if { req.fhdr(host),port_only gt 65535 }",
            "unless { url -m reg -- ^(/|[^/]+//[^/@_]+/) }",
            "unless { method -m reg -- ^[A-Z_-]+$ }",
            "if { req.ver -m reg -- ^[2-9] }",
            "if !HTTP_1.0 !HTTP_1.1",
        )
    ),
)
"""How our own configurations refuse what servers read differently; that they do is the baseline's business."""
MEASURES = frozenset({"req.body_size", "var(txn.owed)"})
"""How large a request is, and how often its client asks: what refuses it by them has no say in who takes the others."""
VARIABLES = {
    NORMALISED: ("path,url_dec,regsub(/+,/,g)",),
    NAMED: ("req.fhdr(host),host_only,lower,regsub([.]$,)",),
}
"""How our own configurations make them; what else goes by their names is not theirs."""
_DECIDES = frozenset(
    {"tcp-request", "tcp-response", "redirect", "use_backend", "use-server", "dispatch", "stats", "monitor-uri", *LOCATIONS}
)


def is_ours(words: Sequence[str], *, ends: bool = False, holds: str = "") -> bool:
    """Whether a line is as we write it in a backend that ends requests, or has those to `holds` wait; or decides nothing."""
    match list(words):
        case ["mode", mode]:
            return mode == "http"
        case ["http-request", "return", "status", _, "default-errorfiles"]:
            return not holds
        case ["http-request", "redirect", "location", _, "code", _]:
            return ends
        case ["http-request", "deny", "deny_status", "400", "unless", "{", asked, "-m", "reg", "--", _, "}"]:
            return ends and asked == NAMED
        case ["http-request", *action, "if", "{", asked, "eq", "0", "}"] if holds and asked == f"nbsrv({holds})":
            return action in (["deny", "deny_status", "504"], ["pause", *action[1:2]], ["lua.twipc_hold", holds, *action[2:3]])
        case ["http-request" | "http-response" | "http-after-response", action, *rest]:
            return keeps(action, rest) or bool(MEASURES & set(condition_of(rest)))
    return words[0] not in _DECIDES
