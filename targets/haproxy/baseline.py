"""What every haproxy has besides its spec: the format says it (twipc/formats/haproxy/baseline.py)."""

from functools import partial

from twipc.formats.part.read import part_baseline

baseline = partial(part_baseline, "haproxy")
