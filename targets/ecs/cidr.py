"""A range of addresses for a network."""

from ipaddress import IPv4Network, ip_network
from typing import Annotated

from pydantic import AfterValidator

from twipc.spec.values import Kind, refuse


def _range(value: str) -> str:
    """What RFC 1918 leaves to everybody, from the first address on."""
    try:
        found = ip_network(value) if "/" in value else None
    except ValueError:
        found = None
    if not isinstance(found, IPv4Network) or str(found) != value or found.prefixlen not in CIDR:
        raise refuse(f"`{value}` is not a range of addresses", _RANGE_HELP)
    if not any(found.subnet_of(private) for private in _PRIVATE):
        raise refuse(f"`{value}` is not a private range", _RANGE_HELP)
    return value


CIDR = range(16, 23)
"""Bits of the network: a VPC has 16 at least, and the smallest subnet of a load balancer is a sixteenth of 22."""
_PRIVATE = tuple(IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_RANGE_HELP = "such as 10.0.0.0/16: of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, with /16 to /22, from its first address on"
Cidr = Annotated[str, Kind("a private range of addresses", _RANGE_HELP), AfterValidator(_range)]
