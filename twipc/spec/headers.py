"""Header names that are not a user's to give."""

HTTP_HEADERS = frozenset(
    [
        "accept-ranges",
        "age",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "date",
        "etag",
        "expires",
        "host",
        "keep-alive",
        "last-modified",
        "link",
        "location",
        "proxy-authenticate",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "www-authenticate",
    ]
)
"""Response headers that mean something to clients and caches (RFC 9110, 9111, 9112, 6265)."""
SETTABLE_HEADERS = frozenset(["cache-control", "content-language", "expires", "link", "refresh", "strict-transport-security"])
"""Those of them that say the same of every answer, whoever made it."""
RESERVED_REQUEST_HEADERS = frozenset(
    [
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "max-forwards",
        "proxy",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-real-ip",
    ]
)
"""Request headers of one connection, one body or one client (RFC 9110, 9112, 6265), and those that the server itself sets."""
RESERVED_PREFIXES = ("if-", "sec-", "x-forwarded-")
"""Beginnings of such: conditions (RFC 9110), what only browsers say (Fetch), what the server says of the client."""
