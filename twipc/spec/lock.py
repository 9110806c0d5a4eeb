"""What `specs/<environment>.lock` says: where the images of an environment were pushed to, and their digests there."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from .noun import Noun
from .values import WHOLE, Digest, Image, Registry


class Lock(Noun):
    """Written by `twipc pack`, committed, and read by every compile."""

    lock: Annotated[Literal[1], WHOLE] = Field(description="The version of this form.")
    registry: Registry | None = Field(
        None,
        description="What `pack --registry` said: it is put before the images of targets that name no registry themselves.",
    )
    images: Mapping[Image, Digest] = Field({}, description="Of each image that was pushed, by its name there, the digest.")
