"""Routes of dockercloud/haproxy (and docker-cloud files before it), which reads them from variables of the services.

Source: README of docker/dockercloud-haproxy 1.2.1, `VIRTUAL_HOST` and `VIRTUAL_HOST_WEIGHT`: a glob is an anchored expression
in any case, a heavier service is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twipc.routes import pattern
from twipc.routes.expression import expression
from twipc.routes.pattern import Pattern
from twipc.routes.table import Answer, Rule, Table
from twipc.syntax import NodeMapping, NodeScalar, NodeSequence, Tree

_ENGINE = "dockercloud/haproxy"


def routing(tree: Tree) -> Table:
    """The rules that the services of a compose file ask for; raises LookupError where none does."""
    services = tree.node(("services",))
    root = services if isinstance(services, NodeMapping) else tree.root
    found = {name: _service(entry.node) for name, entry in root.entries.items() if isinstance(entry.node, NodeMapping)}
    asking = {name: one for name, one in found.items() if "VIRTUAL_HOST" in one}
    if not asking:
        raise LookupError("no service has a variable VIRTUAL_HOST")
    heaviest = sorted(asking, key=lambda name: (-_weight(asking[name]), name))
    rules = tuple(rule for name in heaviest for rule in _rules(name, asking[name]))
    rest = sorted(_linked(root) - set(asking))
    default = tuple(Answer("backend", name) for name in rest) or (Answer("status", "503"),)
    return Table(rules, default, raw=True)


def _service(node: NodeMapping) -> Mapping[str, tuple[str, int]]:
    """The variables of a service, each with its line."""
    variables = node.entries.get("environment")
    match variables.node if variables else None:
        case NodeMapping(entries):
            return {name: (_text(entry.node), entry.key.line) for name, entry in entries.items()}
        case NodeSequence(items):
            pairs = ((*_text(item).partition("="), item.span.line) for item in items)
            return {name: (value, line) for name, _, value, line in pairs}
    return {}


def _text(node: Any) -> str:
    return node.text if isinstance(node, NodeScalar) else ""


def _weight(variables: Mapping[str, tuple[str, int]]) -> int:
    said = variables.get("VIRTUAL_HOST_WEIGHT", ("0", 0))[0]
    return int(said) if said.removeprefix("-").isdecimal() else 0


def _linked(root: NodeMapping) -> set[str]:
    """The services that the proxy is linked to."""
    found: set[str] = set()
    for entry in root.entries.values():
        if isinstance(entry.node, NodeMapping) and "image" in entry.node.entries:
            links = entry.node.entries.get("links")
            if _text(entry.node.entries["image"].node).startswith(_ENGINE) and links and isinstance(links.node, NodeSequence):
                found |= {_text(item).partition(":")[0] for item in links.node.items}
    return found


def _rules(name: str, variables: Mapping[str, tuple[str, int]]) -> Iterator[Rule]:
    said, line = variables["VIRTUAL_HOST"]
    for one in said.split(","):
        rest = one.strip().rpartition("://")[2]
        host, slash, path = rest.partition("/")
        host = host.partition(":")[0]
        yield Rule(
            f"VIRTUAL_HOST {one.strip()}",
            (_glob(f"/{path}") if slash else pattern.ALL,),
            (Answer("backend", name),),
            hosts=() if host in ("", "*") else (_glob(host),),
            at=(line,),
        )


def _glob(said: str) -> Pattern:
    literals = ("".join(f"\\{one}" if not one.isalnum() and one.isascii() else one for one in part) for part in said.split("*"))
    return expression(f"^{'.*'.join(literals)}$", any_case=True)
