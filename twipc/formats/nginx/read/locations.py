"""The locations of a server: its routes, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.formats.engines import OWN_PREFIX
from twipc.formats.routes import route_of

from ..tree import Block, Directive
from .actions import Actions
from .choices import came_by, row_of, scheme_of
from .words import duration


class Locations(Actions):
    """Takes what each location is for."""

    def location(self, location: Directive, routes: list[object]) -> None:
        assert location.block is not None
        match location.args:
            case ("~", expression) if found := route_of(expression):
                action = self.action(location.block, f"route {found[1]}")
                routes.append((*found, came_by(action, of_http=False, tls=self.tls)))
            case ("^~", own) if self.choice and own.startswith(f"{OWN_PREFIX}route_"):
                self.actions[own] = self._rewritten(location.block, own)
            case ("^~", own) if own.startswith(f"{OWN_PREFIX}websockets_"):
                backend = own.removeprefix(f"{OWN_PREFIX}websockets_").removesuffix("/")
                inside = location.block.take_one("internal") == ()
                times = {location.block.take_one(f"proxy_{way}_timeout") for way in ("send", "read")}
                to = self.action(location.block, f"websockets {backend}", tail="$request_uri", upgraded=True)
                same = inside and len(times) == 1 and to == ("backend", backend)
                self.tunnels[backend] = duration(times.pop() or ()) if same else (to, *times)
            case ("/",):
                if self.choice:
                    self._asks(location.block)
                kind, value = self.action(location.block, "default")
                self.http_fact(f"default.{kind}", value)
            case ("=", path):
                self.rest(f"ready {path}", location.block.rest())
            case args:
                self.rest(f"location {' '.join(args)}", location.block.rest() or {"": "empty"})

    def _rewritten(self, block: Block, own: str) -> tuple[str, object]:
        """What the location of a route does, if it gives the path back as it was."""
        upgrade = self.upgrade(block)
        inside = block.take_one("internal") == ()
        back = block.take_one("rewrite") == (f"^/[.]twipc/{own.split('/')[2]}(/.*)$", "$1", "break")
        # Who is sent on is told nothing of the rewritten path.
        back = back or any(one.name == "return" and one.args[1:] for one in block.directives)
        kind, value = self.action(block, f"route {own}", tail="$request_uri", upgrade=upgrade)
        return (kind, value) if inside and back else (f"{kind}, but not as it came", value)

    def _asks(self, location: Block) -> None:
        """Takes out what sends a request on to its route, before anything else is done with it."""
        first = location.directives[0] if location.directives else None
        on = (("rewrite", ("^(.*)$", "/.twipc/$route$1", "last")),)
        if first and first.block and (first.name, first.args) == ("if", ("($route)",)):
            self.asked = tuple((one.name, one.args) for one in first.block.directives) == on
            if self.asked:
                location.directives.remove(first)

    def chosen(self, choice: Block) -> Iterator[object]:
        """The routes of a map, in its order."""
        used: set[str] = set()
        self.rest("routes", {"default": sum(row.name == "default" for row in choice.directives) or "is missing"})
        for row in choice.directives:
            place = f"{OWN_PREFIX}{' '.join(row.args)}/"
            came, expression = scheme_of(row.name) if self.by_scheme else ("", row.name)
            kind, path, *asked = row_of(expression) or ("unknown", row.name)
            if (row.name, row.args) != ("default", ("",)):
                used.add(place)
                action = self.actions.get(place, ("nothing", place)) if self.asked else ("nothing", "")
                yield (kind, path, came_by(action, of_http=came == "http", tls=self.tls), *asked)
        self.rest("routes", {"locations that nothing chooses": tuple(sorted(set(self.actions) - used))})
