"""Whether the ARNs of the options are of one partition, region and account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from ..codes import ELSEWHERE
from ..options import Options
from .options import HERE, finding

_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
}
"""Regions outside of `aws` by how they begin (botocore's partitions.json)."""


def arns(options: Options) -> Iterator[tuple[Path, str]]:
    """Every ARN of the options. ECS wants all of them in one account, and those of a region in the service's.

    Images and secrets may come from another region or account: `registry` and the ARNs of secrets are not among them.
    """
    yield ("cluster",), options.cluster or ""
    yield ("execution_role",), options.execution_role or ""
    for field in ("execution_roles", "task_roles", "cloud_map_services", "certificates"):
        for name, arn in sorted(getattr(options, field).items()):
            yield (field, name), arn
    for name, groups in sorted(options.target_groups.items()):
        for port, arn in sorted(groups.items()):
            yield ("target_groups", name, port), arn


def partition_of(options: Options) -> str:
    return next((name for start, name in _PARTITIONS.items() if options.region.startswith(start)), "aws")


def check_accounts(model: Model, options: Options) -> Iterator[Finding]:
    """ARNs of another partition, region or account than the rest; the account is the one that most have."""
    parts = [(path, arn.split(":")) for path, arn in arns(options) if arn.startswith("arn:")]
    accounts = Counter(part[4] for _, part in parts)
    wanted = max(accounts, key=lambda account: accounts[account], default="")
    first = next((path for path, part in parts if part[4] == wanted), ())
    partition = partition_of(options)
    region = (Related(model.span((*HERE, "region")), f"the region is `{options.region}`"),)
    for path, (_, own_partition, _, own_region, account, *_) in parts:
        at = (*HERE, *path)
        name = model.tree.name(at)
        if own_region and own_region != options.region:
            said = f"`{name}` is in `{own_region}`, and `region` is `{options.region}`"
            yield finding(model, ELSEWHERE, at, said, "name one of this region", region, key=False)
        elif own_partition != partition:
            said = f"`{name}` is in the partition `{own_partition}`, and `{options.region}` is in `{partition}`"
            yield finding(model, ELSEWHERE, at, said, f"it begins with `arn:{partition}:`", region, key=False)
        if account != wanted:
            other = model.tree.name((*HERE, *first))
            said = f"`{name}` is of the account {account}, and `{other}` of {wanted}"
            related = (Related(model.span((*HERE, *first)), f"this is of {wanted}"),)
            yield finding(model, ELSEWHERE, at, said, "ECS wants them in one account", related, key=False)
