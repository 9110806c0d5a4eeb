"""What the tuples of a fact stand for."""

from __future__ import annotations

from .texts import words


def readable(field: str, value: object) -> object:
    """A fact's value with what its tuples stand for in words."""
    match field, value:
        case "service.publish", (host, str(address)):
            port = "any free port" if host == 0 else words(host)
            return f"{address}:{port}" if address else port
        case "service.env", dict():
            return {name: _variable(said) for name, said in value.items()}
        case "service.networks", dict():
            return {name: aliases or ("by", "its", "name", "alone") for name, aliases in value.items()}
        case "backend.members", tuple():
            return tuple(f"{one[0]}:{one[1]}" if isinstance(one, tuple) and len(one) == 2 else one for one in value)
        case "http.routes", tuple():
            return tuple(_route(route) for route in value)
    return value


def _variable(said: object) -> object:
    match said:
        case ("value", text):
            return text
        case ("secret", ""):
            return ("a", "secret")
    return said


def _route(route: object) -> object:
    match route:
        case (kind, path, ("redirect", tuple(target)), *others):
            return _route((kind, path, ("redirect", words(target)), *others))
        case (kind, path, (what, name)):
            return (kind, path, "to", what, name)
        case (kind, path, (what, name), (tuple(hosts), tuple(methods))):
            asked = (*(("at", *hosts) if hosts else ()), *(("by", *methods) if methods else ()))
            return (kind, path, *asked, "to", what, name)
    return route
