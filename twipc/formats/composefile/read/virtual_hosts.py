"""Routes of dockercloud/haproxy (and docker-cloud files before it), which reads them from variables of the services.

Source: README of docker/dockercloud-haproxy 1.2.1, `VIRTUAL_HOST` and `VIRTUAL_HOST_WEIGHT`: a glob is an anchored expression
in any case, a heavier service is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twipc.routes import pattern
from twipc.routes.expression import expression
from twipc.routes.hosts import AsItCame
from twipc.routes.pattern import Either, Pattern
from twipc.routes.table import OPEN, Answer, Rule, Table
from twipc.syntax import NodeMapping, NodeScalar, NodeSequence, Tree

_ENGINE = "dockercloud/haproxy"


def routing(tree: Tree) -> Table:
    """The rules that the services of a compose file ask for; raises LookupError where none does."""
    services = tree.node(("services",))
    root = services if isinstance(services, NodeMapping) else tree.root
    found = {name: _service(entry.node) for name, entry in root.entries.items() if isinstance(entry.node, NodeMapping)}
    linked = _linked(root)
    elsewhere = {name: where for name, where in _elsewhere(root).items() if not linked or name in linked}
    asking = {name: one for name, one in found.items() if "VIRTUAL_HOST" in one}
    if not asking and not (linked and elsewhere):
        raise LookupError("no service has a variable VIRTUAL_HOST")
    unknown = tuple(_unknown(said, line) for name, (said, line) in elsewhere.items() if name not in asking)
    # Of what weight nobody knows is asked before all: whoever is heavier, it is left open.
    anyhow = {name: why for name, one in asking.items() if (why := _weight_open(one, elsewhere.get(name)))}
    heaviest = sorted(asking, key=lambda name: (name not in anyhow, -_weight(asking[name]), name))
    rules = (*unknown, *(rule for name in heaviest for rule in _rules(name, asking[name], anyhow.get(name, ""))))
    rest = sorted(linked - set(asking))
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


def _elsewhere(root: NodeMapping) -> Mapping[str, tuple[str, int]]:
    """The services that may have more variables than the file says: from where, and the line."""
    return {
        name: (key, service.node.entries[key].key.line)
        for name, service in root.entries.items()
        if isinstance(service.node, NodeMapping) and not _is_proxy(service.node)
        for key in ("extends", "env_file")
        if key in service.node.entries
    }


def _is_proxy(node: NodeMapping) -> bool:
    return "image" in node.entries and _text(node.entries["image"].node).startswith(_ENGINE)


def _source(said: str, line: int) -> str:
    return f"`{said}`, line {line}"


def _left_open(variable: tuple[str, int]) -> str:
    """Why nobody knows the value of a variable: it comes from the shell, all of it or a part."""
    value, line = variable
    return "" if value and "$" not in value else _source(value or "a variable without a value", line)


def _weight_open(variables: Mapping[str, tuple[str, int]], elsewhere: tuple[str, int] | None) -> str:
    """Why nobody knows how heavy a service is; nothing, if the file says it."""
    if weight := variables.get("VIRTUAL_HOST_WEIGHT"):
        return _left_open(weight)
    return _source(*elsewhere) if elsewhere else ""


def _unknown(said: str, line: int) -> Rule:
    return Rule(said, (pattern.ALL,), (Answer(OPEN, _source(said, line)),), at=(line,))


def _text(node: Any) -> str:
    return node.text if isinstance(node, NodeScalar) and node.value is not None else ""


def _weight(variables: Mapping[str, tuple[str, int]]) -> int:
    said = variables.get("VIRTUAL_HOST_WEIGHT", ("0", 0))[0]
    return int(said) if said.removeprefix("-").isdecimal() else 0


def _linked(root: NodeMapping) -> set[str]:
    """The services that the proxy is linked to."""
    found: set[str] = set()
    for entry in root.entries.values():
        if isinstance(entry.node, NodeMapping) and _is_proxy(entry.node):
            links = entry.node.entries.get("links")
            if links and isinstance(links.node, NodeSequence):
                found |= {_text(item).partition(":")[0] for item in links.node.items}
    return found


def _rules(name: str, variables: Mapping[str, tuple[str, int]], anyhow: str) -> Iterator[Rule]:
    """Those of one service; `anyhow` says why it may be asked sooner or later."""
    said, line = variables["VIRTUAL_HOST"]
    if why := _left_open((said, line)):
        yield Rule(f"VIRTUAL_HOST {said}".strip(), (pattern.ALL,), (Answer(OPEN, why),), at=(line,))
        return
    for one in said.split(","):
        scheme, _, rest = one.strip().rpartition("://")
        host, slash, path = rest.partition("/")
        host, _, port = host.partition(":")
        port = port or ("443" if scheme.lower() in ("https", "wss") else "80")
        yield Rule(
            f"VIRTUAL_HOST {one.strip()}",
            (_glob(f"/{path}") if slash else pattern.ALL,),
            (Answer(OPEN, anyhow) if anyhow else Answer("backend", name),),
            hosts=() if host in ("", "*") else (AsItCame(Either((_glob(host), _glob(f"{host}:{port}")))),),
            at=(line,),
        )


def _glob(said: str) -> Pattern:
    literals = ("".join(f"\\{one}" if not one.isalnum() and one.isascii() else one for one in part) for part in said.split("*"))
    return expression(f"^{'.*'.join(literals)}$", any_case=True)
