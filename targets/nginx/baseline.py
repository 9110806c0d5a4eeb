"""What every nginx has besides its spec: the format says it (twipc/formats/nginx/baseline.py)."""

from functools import partial

from twipc.formats.part.read import part_baseline

baseline = partial(part_baseline, "nginx")
