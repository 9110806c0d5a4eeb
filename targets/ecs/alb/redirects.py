"""Where a load balancer sends clients on to, in its words.

Source: botocore's text of RedirectActionConfig: `#{…}` stands for a part of what was asked for.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from twipc.formats.document import Value
from twipc.spec import Redirect

LONGEST = 128
"""Characters of a host, a path or a query (botocore's shapes RedirectActionHost, -Path and -Query)."""
PERMANENT = frozenset({301, 308})


def redirect(to: Redirect) -> Value:
    """The method of what is asked again is the client's to choose: it knows 301 and 302 alone."""
    same = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}
    if to.scheme:
        said = {**same, "Protocol": "HTTPS", "Port": str(to.port)}
    elif to.host:
        said = {**same, "Host": to.host}
    else:
        said = {**same, **_parts(str(to.to))}
    return {
        "Type": "redirect",
        "RedirectConfig": {**said, "StatusCode": "HTTP_301" if to.status in PERMANENT else "HTTP_302"},
    }


def _parts(target: str) -> dict[str, str]:
    """A URL says all of it; a path keeps scheme, host and port."""
    url = urlsplit(target)
    found = {"Path": url.path or "/", "Query": url.query}
    if url.scheme:
        port = url.port or (443 if url.scheme == "https" else 80)
        found |= {"Protocol": url.scheme.upper(), "Port": str(port), "Host": url.hostname or ""}
    return found


def unsayable(to: Redirect) -> str | None:
    """What of it has no word there."""
    if to.host and len(to.host) > LONGEST:
        return f"a host of {len(to.host)} characters, and {LONGEST} are the most"
    if not to.to:
        return None
    url = urlsplit(to.to)
    if "#" in to.to:
        return "a fragment, which it has no place for"
    if "%" in url.path + url.query:
        return "an escape, which it would escape again"
    if to.to.endswith("?"):
        return "a question mark without a query, which it would take out"
    if url.scheme and (url.hostname or "") != url.netloc.partition(":")[0]:
        return "a host that it would write otherwise"
    if max(len(url.netloc), len(url.path), len(url.query)) > LONGEST:
        return f"a part of over {LONGEST} characters"
    if url.scheme == "http":
        return "http: who came by https cannot be sent there"
    return None
