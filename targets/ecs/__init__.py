"""Amazon ECS: a task definition and a service for each service of the spec, on Fargate or on EC2."""

from typing import TYPE_CHECKING

from twipc.target import Target

from .alb.codes import ALB_CODES
from .baseline import baseline
from .check import check
from .codes import CODES
from .deploying import codes as deploying_codes
from .expected.options import option_facts
from .images.pins import packed, pins
from .lower import compile
from .network.discovered import discovery_of
from .options import Options
from .quotas.alb import ALB_LIMITS, of_tasks
from .quotas.tasks import LIMITS
from .read import read
from .states import makes, names, states
from .support import SUPPORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twipc.routes.table import Table
    from twipc.target.deploying import Deploying


def _deploying() -> "Deploying":
    from .deploying.stack import DEPLOYING

    return DEPLOYING


def _tables(text: str) -> "Mapping[str, Table]":
    from .reading.routes import tables

    return tables(text)


TARGET = Target(
    name="ecs",
    summary="Amazon ECS task definitions and services, on Fargate or EC2",
    support=SUPPORT,
    compile=compile,
    images=packed,
    read=read,
    baseline=baseline,
    options=Options,
    check=check,
    limits=(*of_tasks(LIMITS), *ALB_LIMITS),
    states=states,
    names=names,
    makes=makes,
    option_facts=lambda model, options: {**option_facts(model, options), **pins(model, options)},
    discovery=discovery_of,
    deploying=_deploying,
    tables=_tables,
    codes=(*CODES, *ALB_CODES, *deploying_codes.CODES),
)
