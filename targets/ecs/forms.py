"""How ids, ARNs and names of AWS are written, and ranges of addresses for a network."""

from ipaddress import IPv4Network, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator

from twipc.spec.values import WHOLE, Form, Kind, refuse

_ARN = r"arn:aws[a-z-]*"


def _form(pattern: str, what: str, example: str) -> Form:
    return Form(pattern, what, f"such as {example}")


_ROLE = "arn:aws:iam::111122223333:role/shop"
LONGEST_NAMESPACE = 127
LONGEST_LOG_GROUP = 400
_LOG_GROUP = rf"[A-Za-z0-9._/#-]{{0,{LONGEST_LOG_GROUP - 1}}}[A-Za-z0-9._#-]"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
Region = Annotated[str, _form("[a-z]{2}(?:-[a-z]+)+-[0-9]", "a region", "eu-west-1")]
Cluster = Annotated[
    str,
    _form(
        rf"(?:{_ARN}:ecs:[a-z0-9-]+:[0-9]{{12}}:cluster/)?[A-Za-z0-9_-]{{1,255}}", "the name or ARN of a cluster", "shop-prod"
    ),
]
Subnet = Annotated[str, _form("subnet-[0-9a-f]{8,17}", "the id of a subnet", "subnet-0a1b2c3d4e5f60718")]
SecurityGroup = Annotated[str, _form("sg-[0-9a-f]{8,17}", "the id of a security group", "sg-0a1b2c3d4e5f60718")]
Role = Annotated[str, _form(rf"{_ARN}:iam::[0-9]{{12}}:role/[A-Za-z0-9_+=,.@/-]{{1,512}}", "the ARN of a role", _ROLE)]
Namespace = Annotated[
    str,
    _form(
        rf"(?=.{{2,{LONGEST_NAMESPACE}}}$){_LABEL}(?:\.{_LABEL})*", "the name of a Cloud Map namespace", "shop-prod.internal"
    ),
]
CloudMapService = Annotated[
    str,
    _form(
        rf"{_ARN}:servicediscovery:[a-z0-9-]+:[0-9]{{12}}:service/srv-[a-z0-9]{{8,64}}",
        "the ARN of a Cloud Map service",
        "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6071",
    ),
]
TargetGroup = Annotated[
    str,
    _form(
        rf"{_ARN}:elasticloadbalancing:[a-z0-9-]+:[0-9]{{12}}:targetgroup/[A-Za-z0-9-]{{1,32}}/[0-9a-f]{{16}}",
        "the ARN of a target group",
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071",
    ),
]
Certificate = Annotated[
    str,
    _form(
        rf"{_ARN}:acm:[a-z0-9-]+:[0-9]{{12}}:certificate/[0-9a-f-]{{36}}",
        "the ARN of a certificate",
        "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    ),
]
FileSystem = Annotated[str, _form("fs-[0-9a-f]{8,40}", "the id of an EFS file system", "fs-0a1b2c3d4e5f60718")]
AccessPoint = Annotated[str, _form("fsap-[0-9a-f]{8,40}", "the id of an EFS access point", "fsap-0a1b2c3d4e5f60718")]
ImageRegistry = Annotated[
    str,
    _form(
        r"(?=.{1,160}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*",
        "a registry of images",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
    ),
]
Repository = Annotated[
    str,
    _form(
        r"(?=.{2,255}$)[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*",
        "the name of an ECR repository",
        "shop/web",
    ),
]
LogGroup = Annotated[str, _form(_LOG_GROUP, "the name of a log group", "/shop/prod")]
LONGEST_PREFIX = 256
"""Ours: a file's name has 1024 bytes, of which a load balancer takes the end."""
_OF_AWS = r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)"
Bucket = Annotated[
    str,
    Form(
        # S3 guide, "General purpose bucket naming rules".
        rf"(?![0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}$){_OF_AWS}(?!.*\.\.)[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9]",
        "the name of a bucket",
        "such as shop-logs: 3 to 63 lower-case letters, digits, dots and hyphens, no address, and none of AWS's own words",
    ),
]
_STEP = "[A-Za-z0-9_-][A-Za-z0-9._-]*"
Prefix = Annotated[
    str,
    Form(
        # ELB guide, "Access log files".
        rf"(?=.{{1,{LONGEST_PREFIX}}}$)(?!.*AWSLogs){_STEP}(?:/{_STEP})*",
        "the beginning of names in a bucket",
        "such as shop/prod: letters, digits and . _ - between slashes, without one at its ends, and without `AWSLogs`",
    ),
]
# fmt: off
Days = Annotated[Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
], WHOLE]
# fmt: on
"""How long CloudWatch can keep a log (botocore's text of PutRetentionPolicy, retentionInDays)."""


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
