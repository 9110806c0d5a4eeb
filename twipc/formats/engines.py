"""What twipc knows of the engines' official images: where they look for things and how they end."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from twipc.model import SECRETS_FOLDER as SECRETS_FOLDER

SCRATCH_FOLDER = "/tmp"
"""All that an engine may write to: its root is read-only."""


class EngineImage(Struct, frozen=True):
    """The official alpine image of an engine (docker-library's Dockerfiles of nginx 1.30 and haproxy 3.2).

    `user` is the image's own unprivileged user. `stop_signal` ends it gracefully: requests in flight are finished.
    `floor` is the least version that finds members by DNS without a reload (design §2).
    """

    config: str
    pages: str
    user: str
    stop_signal: str
    floor: tuple[int, int]
    needs: tuple[str, ...] = ()
    """What else in the image the configuration reads."""

    @property
    def own_paths(self) -> tuple[str, ...]:
        """Where twipc or Docker puts something into the container: nothing else may be mounted at, above or below these."""
        return (self.config, self.pages, SECRETS_FOLDER, SCRATCH_FOLDER, *self.needs)


ENGINES: Mapping[str, EngineImage] = {
    "nginx": EngineImage(
        config="/etc/nginx/nginx.conf",
        pages="/etc/nginx/pages/.twipc",
        user="101:101",
        stop_signal="SIGQUIT",
        floor=(1, 28),  # `server … resolve` came with 1.27.3; stable versions are even
        needs=("/etc/nginx/mime.types",),
    ),
    "haproxy": EngineImage(
        config="/usr/local/etc/haproxy/haproxy.cfg",
        pages="/usr/local/etc/haproxy/pages",
        user="99:99",
        stop_signal="SIGUSR1",
        floor=(2, 8),
        needs=("/usr/local/etc/haproxy/hold.lua",),
    ),
}

STATS_USER = "stats"
HTTPS_PORT = 443
"""The port that an https URL need not name."""
CIPHERS = (
    *("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
    *("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
    *("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"),
)
"""Of TLS 1.2, Mozilla's intermediate configuration (guideline 5.7) without its DHE ones: nginx needs a file for these."""
SUITES = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
"""Of TLS 1.3, as there; they are OpenSSL's own defaults."""
CURVES = ("X25519", "prime256v1", "secp384r1")
HSTS_SECONDS = 63_072_000
OWN_PREFIX = "/.twipc/"
"""Request paths below it are the server's own on every engine: nginx serves error pages from there, inside only."""


def variable_of(secret: str) -> str:
    """The environment variable that holds a secret where secrets are variables."""
    return secret.upper().replace("-", "_")


def secret_of(variable: str) -> str:
    """The secret that a variable of `variable_of` holds: names of secrets have no underscores."""
    return variable.lower().replace("_", "-")
