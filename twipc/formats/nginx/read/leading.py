"""Where a location of an nginx configuration leads.

Sources: nginx's development guide, "Phases" (rewrite, access, content), and the documentation of each directive, nginx 1.30.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from twipc.regex import late_regex
from twipc.routes.sent import literal
from twipc.routes.table import OPEN, Answer, Outcome

from ..including import BENIGN
from ..tree import Block, Directive
from .others import OTHERS, others
from .pages import pages
from .sending import absolute, named, redirected, returned

_ASKS_LUA = ("rewrite_by_lua", "access_by_lua", "content_by_lua", "set_by_lua", "js_content", "js_access", "perl")
_GUARDS = ("auth_request", *_ASKS_LUA, "allow", "deny", *OTHERS)
_MODULES = ("stub_status", "empty_gif", "api", "status")
_ADDRESS = late_regex("(https?|grpcs?)://(.*)", re.DOTALL)
_BACK = late_regex(r"\^/\[\.\]twipc/route_[0-9]+\(/\.\*\)\$")
"""How our own configurations give a path back as it came."""
_EVERY = late_regex(r"(?!\^\$$)\^?(?:/?\(?\.[*]\)?)?\$?|\^/\(\.[*]\)\$?")
"""Expressions of `rewrite` that every path fits."""
_VARIABLE = late_regex(r"\$\{?([a-zA-Z_0-9]+)\}?")
_BUILT_IN = late_regex(
    r"request_uri|(?:document_)?uri|(?:http_|proxy_)?host|scheme|(?:is_)?args|query_string|server_(?:name|port|addr)"
    r"|document_root|request_filename|fastcgi_script_name|dollar|(?:arg|http|cookie)_[a-z0-9_]+"
)


_ELSEWHERE = frozenset({"server_addr", "document_root", "request_filename", "fastcgi_script_name", "proxy_host"})
"""What is said elsewhere than in a redirect itself."""


class Around(Struct, frozen=True, dict=True):
    """What stands around a block: the blocks that it lies in, the nearest first, and what the file's variables are."""

    blocks: tuple[Block, ...] = ()
    variables: Mapping[str, Sequence[Directive]] = field(default_factory=dict)
    port: int | Directive = 80
    """The server's, or what leaves open which of several."""
    at: str | Directive = ""
    """How it stands in an address."""

    @cached_property
    def guards(self) -> tuple[list[Directive], ...]:
        """Of each block what may decide before anything is answered; many blocks can lie in one."""
        return tuple([one for one in of.directives if one.name.startswith(_GUARDS)] for of in self.blocks)

    def within(self, block: Block) -> Around:
        return replace(self, blocks=(block, *self.blocks))


NOTHING = Around()


def unread(one: Directive) -> Outcome:
    """The answer that a directive leaves open."""
    return (Answer(OPEN, f"`{one.name}`, {one.place}"),)


def foreign_includes(block: Block) -> Iterator[Directive]:
    """Those that may hold anything."""
    return (one for one in block.directives if one.name == "include" and "".join(one.args).rpartition("/")[2] not in BENIGN)


def leads(block: Block, around: Around = NOTHING, of: str = "", *, literally: bool = False) -> Outcome:
    """What a block does with a request in the end; `of` is what its location asks for: what its groups hold depends on it.

    `literally`, it is how paths begin, and no expression.
    """
    return _paged(_leads(block, around, of, literally=literally), block, around)


def _leads(block: Block, around: Around, of: str, *, literally: bool = False) -> Outcome:
    if any(one.name == "internal" for one in block.directives):
        return (Answer("status", "404"),)
    for one in block.directives:
        if one.name == "return":
            return _named(Answer(*returned(one.args)), one, block, around, of)
        if one.name == "break":
            return unread(one)  # what rewrites or returns behind it is not done
        if one.name in ("if", "rewrite") and not _own(one):
            sent = redirected(one)
            every = sent and _EVERY.fullmatch(one.args[0])
            return _named(Answer("redirect", sent), one, block, around, _groups(one)) if every else unread(one)
    closed = next(_closing(block, around), None)
    if closed:
        return closed
    for one in block.directives:
        if one.name.endswith("_pass") and one.args:
            return _named(Answer("backend", _backend(one, of, literally)), one, block, around, of)
        if one.name in _MODULES:
            return (Answer("module", one.name),)
    return _files(block, around, of, literally)


def _closing(block: Block, around: Around) -> Iterator[Outcome]:
    """What decides before anything is answered: other files, programs, who asks, and what is on the disk."""
    blocks = (block.directives, *around.guards)
    yield from (unread(one) for one in foreign_includes(block))
    passed = any(one.name.endswith("_pass") for one in block.directives)
    yield from (unread(one) for one in others(blocks, around.variables, passes=passed))
    for name in ("auth_request", *_ASKS_LUA):
        found = next((one for of in blocks for one in of if one.name.startswith(name)), None)
        if found and found.name != "auth_request_set" and found.args != ("off",):
            yield unread(found)
    asking = ([one for one in of if one.name in ("allow", "deny")] for of in blocks)
    allowed: list[Directive] = next((some for some in asking if some), [])
    if any(one.name == "deny" for one in allowed) and allowed[0].args != ("all",):
        yield unread(allowed[0])
    elif allowed and allowed[0].name == "deny":
        yield (Answer("status", "403"),)
    for one in block.directives:
        plain = all(arg in ("$uri", "$uri/") for arg in one.args[:-1]) and one.args[-1:] == ("=404",)
        if one.name == "limit_except" or (one.name == "try_files" and (passed or not plain)):
            yield unread(one)


def _paged(outcome: Outcome, block: Block, around: Around) -> Outcome:
    """The same, unless the page of an error is asked of somebody else than a folder."""
    codes = {code for one in outcome if isinstance(one, Answer) for code in _codes(one)}
    for page, takers in pages(codes, (block, *around.blocks)) if codes else ():
        for taker in takers or ():
            inside = Block([one for one in taker.directives if one.name != "internal"])
            answers = _leads(inside, replace(around, blocks=around.blocks[-2:]), "")
            if not all(
                isinstance(one, Answer) and (one.kind == "files" or (one.kind == "status" and one.what in codes))
                for one in answers
            ):
                return unread(page)
        if takers is None:
            return unread(page)
    return outcome


def _codes(answer: Answer) -> tuple[str, ...]:
    """The statuses of an answer that can have a page of their own."""
    if answer.kind == "files":
        return ("403", "404", "405")
    return (answer.what.partition(" ")[0],) if answer.kind in ("status", "redirect") else ()


def _files(block: Block, around: Around, of: str, literally: bool) -> Outcome:
    blocks = (block, *around.blocks)
    root = next((one for of in blocks for one in of.directives if one.name in ("root", "alias")), None)
    if root is None:
        return (Answer("files", "html"),)
    folder, told = " ".join(root.args).replace("${dollar}", "$"), ""
    if root.name == "alias" and of:
        # The path goes on behind the alias: one that ends with what it stands for is the root of the rest.
        is_root = literally and folder.endswith(of)
        folder, told = (folder.removesuffix(of), "") if is_root else (folder, f" in place of {of}")
    said = f"{folder.rstrip('/') or '/'}{told}"
    return _named(Answer("files", said), root, block, around, of)


def _named(answer: Answer, said: Directive, block: Block, around: Around, of: str) -> Outcome:
    """An answer without variables of the file's own: of a constant its value, of any other that nobody here knows it."""
    text, groups = answer.what, False
    for name in _VARIABLE.findall(" ".join(said.args)):
        makers = around.variables.get(name, ())
        one = makers[0] if makers else None
        if one is None:
            groups = groups or not _BUILT_IN.fullmatch(name)
        elif len(makers) == 1 and one.name == "set" and _constant(one, block, around):
            text = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", one.args[1].replace("\\", "\\\\"), text)
        else:
            return (Answer(OPEN, f"`${name}`, {one.place}"),)
    if answer.kind == "redirect":
        return _sent(text, said, block, around, of if groups else "")
    if answer.kind == "backend" and (found := _ADDRESS.fullmatch(text)):
        text = f"{found[2]} over {found[1]}" if found[1] in ("https", "grpcs") else found[2]
    return (Answer(answer.kind, f"{text} by {of}" if groups and of else text),)


def _groups(rewrite: Directive) -> str:
    """What the groups of a `rewrite` are of: what they hold is encoded, other than in a `return`."""
    return f"rewrite {rewrite.args[0]}"


def _sent(text: str, said: Directive, block: Block, around: Around, by: str) -> Outcome:
    """A redirect with the server's own name and address in their places."""
    blocks, port = (block, *around.blocks), around.port
    own = {"server_port": str(port), "server_name": named(blocks[-2]) if len(blocks) > 1 else None}
    for name in _VARIABLE.findall(text):
        if name in _ELSEWHERE or own.get(name, "") is None:
            return unread(said)
        if name == "server_port" and isinstance(port, Directive):
            return unread(port)
        text = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", own[name] or "", text) if name in own else text
    whole = absolute(text, blocks, around.at)
    if isinstance(whole, Directive):
        return unread(whole)
    return (Answer("redirect", f"{whole} by {by}" if by else whole),)


def sends(rewrite: Directive, block: Block, around: Around) -> Outcome:
    """What a client gets that a `rewrite` sends on."""
    sent = Answer("redirect", redirected(rewrite))
    return _paged(_named(sent, rewrite, block, around, _groups(rewrite)), block, around)


def added_slash(location: Directive, around: Around) -> Outcome:
    """What a client gets whose path lacks but the slash of a location."""
    return _sent(f"301 to {literal(location.args[-1])}{{query}}", location, location.block or Block([]), around, "")


def _constant(one: Directive, block: Block, around: Around) -> bool:
    there = any(one in of.directives for of in (block, *around.blocks))
    return there and len(one.args) == 2 and "$" not in one.args[1]


def _backend(passes: Directive, of: str, literally: bool) -> str:
    """The upstream, or the address; a path of its own arrives there in place of what the location asks for."""
    address = passes.args[0].removesuffix("$request_uri")
    found = _ADDRESS.fullmatch(address)
    named = found[2] if found else ""
    cut = ":" if named.startswith("unix:") else "/"
    _, has_path, rest = named.removeprefix("unix:").partition(cut)
    if not has_path or "$" in address:
        return address
    if literally and of == (rest if cut == ":" else f"/{rest}") and "%" not in of:
        return address.removesuffix(rest).removesuffix(cut)  # in place of itself
    return f"{address} in place of {of}" if of not in ("", "/") else address


def _own(one: Directive) -> bool:
    """What our own configurations steer by: upgrades go to the same members, hosts that are none are refused."""
    inside = [(inner.name, inner.args[:1]) for inner in one.block.directives] if one.block else []
    match one.name, one.args:
        case "if", ("($websocket)",):
            return [name for name, _ in inside] == ["rewrite"]
        case "if", ("($host", "!~", _, ")"):
            return inside == [("return", ("400",))]
        case "if", ("(!-d", _, ")"):
            return inside == [("return", ("503",))]
        case "if", ("($route)",):
            return [name for name, _ in inside] == ["rewrite"]
        case "rewrite", (back, "$1", "break"):
            return _BACK.fullmatch(back) is not None
    return False
