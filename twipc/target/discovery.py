"""How the services of an environment find each other on a target."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Discovery(Struct, frozen=True):
    """Proxy configuration is a function of the model and of this.

    A service's members answer to `prefix + service + suffix` at the DNS server `resolver`. `secrets` says how a secret
    reaches a proxy: as a file of its name in /run/secrets, or as an environment variable of its name in upper case.
    """

    resolver: str
    prefix: str = ""
    suffix: str = ""
    secrets: Literal["file", "variable"] = "file"

    def host(self, service: str) -> str:
        return f"{self.prefix}{service}{self.suffix}"

    def service(self, host: str) -> str:
        """The service that answers to `host`; a foreign name stays as it is."""
        if host.startswith(self.prefix) and host.endswith(self.suffix):
            return host[len(self.prefix) : len(host) - len(self.suffix)]
        return host


DOCKER = Discovery(resolver="127.0.0.11")
"""Docker's own DNS server, the same address in every container (docs.docker.com/engine/network, "DNS services")."""
