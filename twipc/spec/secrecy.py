"""Literals that look like secrets: what is written in a spec is in its repository, its artifacts and its history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from twipc.diagnostics import Path, Span
from twipc.regex import late_regex
from twipc.syntax import Node, NodeMapping, NodeScalar, Tree

NAMED = frozenset({"env", "environment", "labels", "request_headers", "response_headers", "options"})
"""Mappings from names that the user chooses to free strings, there a name tells; artifacts have `environment`."""
WORDS = frozenset({"command", "entrypoint"})
"""The lists of words that a program is started with."""

_SECRET = late_regex(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL"
    r"|(^|_)(TOKEN|PASS|PGPASS|APIKEY|ACCESSKEY|ACCESSTOKEN|AUTHTOKEN|AUTHORIZATION)$|_(KEY|PWD|AUTH)$",
    re.IGNORECASE,
)
_ABOUT = late_regex(
    r"PUBLIC|(^|_)(SORT|PARTITION|PRIMARY|FOREIGN|CACHE|ROUTING|GROUP|LOOKUP)_KEY$"
    r"|_(FILE|PATH|DIR|NAME|ID|ARN|URL|URI|HOST|PORT|TYPE|KIND|POLICY|MODE|LENGTH|SIZE|COUNT|MIN|MAX|TTL|TIMEOUT|AGE|EXPIRY"
    r"|EXPIRES|LIFETIME|STDIN|ENV|CMD|COMMAND|PROMPT|ENCRYPTION|PLUGIN|ISSUER|AUDIENCE|ENABLED|REQUIRED|HEADER|COOKIE|PREFIX|STORE|PROVIDER|VERSION|ALGORITHM|ROTATION|INTERVAL|FIELD|REGION|ENDPOINT|MANAGER|BACKEND|ENGINE)S?$",
    re.IGNORECASE,
)
"""Names of what is told about a secret, or of keys that are none."""
_NO_SECRET = late_regex(
    r"\W*|true|false|yes|no|on|off|none|null|[0-9]{1,3}"
    r"|\$\{?\w+\}?|\$\{[A-Za-z_]\w*:?[?+].*|\$[\[(].*|`.*|%[A-Za-z_]+%?|%\(\w+\)s|<[^>]*>|\{[^}]*\}+|x{3,}|redacted"
    r"|/[a-z0-9._-]+(/[a-z0-9._-]+)+|(\.{1,2}|~)/.*|[\w./-]+\.(pem|key|crt|cer|jks|p12|pfx|json|ya?ml|txt|env|conf|cnf|ini)"
    r"|(id|src|source|name)=.*",
    re.IGNORECASE | re.DOTALL,
)
"""Values that hide nothing: no letter, a switch, a small number, a variable or what a command says, a blank to fill in, a
file, and what says where a secret is (as detect-secrets and gitleaks pass them over)."""
_DEFAULT = late_regex(r"\$\{[A-Za-z_]\w*:?[-=](.*)\}", re.DOTALL)
"""A shell's variable with what is taken where it is not set."""
_FORMS = (
    ("a private key", late_regex(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY")),
    ("an access key of AWS", late_regex(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")),
    ("a token of GitHub", late_regex(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})")),
    ("a token of GitLab", late_regex(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("a token of Slack", late_regex(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}")),
    ("a key of Google", late_regex(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a key of Stripe", late_regex(r"\b[sr]k_live_[A-Za-z0-9]{16,}")),
    ("a token of npm", late_regex(r"\bnpm_[A-Za-z0-9]{36}")),
    ("a signed token", late_regex(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")),
    ("a password of a connection", late_regex(r";[ ]*pwd[ ]*=[ ]*[^\W_][^;]", re.IGNORECASE)),
    ("a password in a URL", late_regex(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^/\s:@?#]{0,256}:(?!\$)[^/\s@]{1,256}@")),
)
"""Secrets that show by their form; the makers say that theirs begin so, for scanners to find them."""
_VALUE = (
    r"""(?:(?:bearer|basic|digest|token|apikey)[ \t]+)?\\*(?:"(?![ \t])([^"\n]*)|'(?![ \t])([^'\n]*)|([^\s"'`;&|<>(),\\]+))"""
)
_INSIDE = late_regex(
    r"""(?<![\w.$-])(?<!\$\{)(?:-D|--?)?(_?[A-Za-z][A-Za-z0-9_.-]{0,63}+)(?:\\*["']?=|[ \t]+=[ \t]+|\\*["']?:[ \t]+|\\*["']:)"""
    + _VALUE,
    re.IGNORECASE,
)
"""What a longer text says by name: `PASSWORD=x` of a shell or a connection, `Authorization: Bearer x`, `"password": "x"`."""
_OPTION_INSIDE = late_regex(r"""(?<!\S)["']?--?([A-Za-z][A-Za-z0-9-]{2,63}+)["']?,?[ \t]+(?!-)""" + _VALUE, re.IGNORECASE)
_OPTION = late_regex(r"--?([A-Za-z][A-Za-z0-9-]{2,63})")
_LONGEST = 64 << 10
"""What of a value is looked at: a form stands near its beginning, or the value is a file."""


class Plain(Struct, frozen=True):
    """A literal at `path` that looks like a secret, `why`: never the literal itself."""

    path: Path
    why: str


def plain_secrets(tree: Tree, is_asked: Callable[[Span], bool] = lambda _: True) -> list[Plain]:
    """Every literal of a spec that looks like a secret, or of what `is_asked` for."""
    found: list[Plain] = []
    _inside(tree.root, (), is_asked, found)
    return found


def looks_secret(path: Path, value: str, before: str = "") -> str:
    """Why the string at `path` looks like a secret, or ""; `before` is the word before it in a list."""
    value = value[:_LONGEST]
    if form := _form(value):
        return f"it has the form of {form}"
    if "=" not in value and ":" not in value and NAMED.isdisjoint(path) and WORDS.isdisjoint(path):
        return ""  # nothing here has a name
    for name, said in chain(_named(path, value, before), _inside_of(path, value)):
        if is_secret_name(name) and not _NO_SECRET.fullmatch(_DEFAULT.sub(r"\1", said)):
            return f"it is called `{name}`"
    return ""


@lru_cache(maxsize=256)
def _form(value: str) -> str:
    """What a value is by its form, or "": words that are written again and again are looked at once."""
    return next((what for what, form in _FORMS if form.search(value)), "")


def _named(path: Path, value: str, before: str) -> Iterator[tuple[str, str]]:
    """What the string at `path` says, by name: as the value of a key, or behind `--name` in a list."""
    steps = list(path)
    while len(steps) > 2 and isinstance(steps[-1], int) and steps[-2] not in WORDS:
        steps.pop()  # a list where a string is wanted
    if steps[-1:] == ["value"]:
        steps.pop()
    if len(steps) < 2:
        return
    owner = steps[-2]
    if owner in NAMED:
        yield str(steps[-1]), value
    option = _OPTION.fullmatch(before) if owner in WORDS else None
    if option and not value.startswith("-"):
        yield option[1], value


def _inside_of(path: Path, value: str) -> Iterator[tuple[str, str]]:
    """What is said by name within a text; what gives a reason is prose."""
    if path[-1:] != ("because",):
        forms = [_INSIDE] if "=" in value or ":" in value else []
        if not WORDS.isdisjoint(path) and (" " in value or "\t" in value):
            forms.append(_OPTION_INSIDE)
        for form in forms:
            for found in form.finditer(value):
                yield found[1], next(filter(None, found.groups()[1:]), "")


@lru_cache(maxsize=256)
def is_secret_name(name: str) -> bool:
    """Whether what goes by this name is a secret, if it is anything."""
    name = re.sub(r"[.-]|(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return bool(_SECRET.search(name)) and not _ABOUT.search(name)


def _inside(node: Node, path: Path, is_asked: Callable[[Span], bool], found: list[Plain], before: str = "") -> None:
    if isinstance(node, NodeMapping):
        for key, entry in node.entries.items():
            _inside(entry.node, (*path, key), is_asked, found)
    elif isinstance(node, NodeScalar):
        # A number where a string is wanted is no less a password.
        written = node.value if isinstance(node.value, str) else "" if node.value is None else node.text
        if is_asked(node.span) and (why := looks_secret(path, written, before)):
            found.append(Plain(path, why))
    else:
        word = ""
        for index, item in enumerate(node.items):
            _inside(item, (*path, index), is_asked, found, word)
            word = item.value if isinstance(item, NodeScalar) and isinstance(item.value, str) else ""
