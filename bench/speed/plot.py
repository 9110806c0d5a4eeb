"""Growth as a drawing: both axes logarithmic, a line for each program."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from bench.speed.bars import Growth

WIDTH, HEIGHT, LEFT, TOP = 640, 400, 60, 20
RIGHT, BOTTOM = WIDTH - 170, HEIGHT - 50
COLOURS = ("#0b6e4f", "#08a045", "#1f4e9c", "#5b8def", "#b3541e", "#7a4988")


def plot(growth: Growth) -> str:
    """An SVG of wall seconds by the number of services."""
    walls = {name: [statistics.median(one.wall) for one in taken] for name, taken in growth.taken.items()}
    every = [second for seconds in walls.values() for second in seconds]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))
    first, last = math.log10(min(growth.sizes)), math.log10(max(growth.sizes))

    def x(size: float) -> float:
        return LEFT + (RIGHT - LEFT) * (math.log10(size) - first) / ((last - first) or 1)

    def y(second: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (math.log10(second) - low) / ((high - low) or 1)

    def drawn() -> Iterator[str]:
        yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
        yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        for power in range(low, high + 1):
            at = y(10.0**power)
            yield f'<line x1="{LEFT}" y1="{at:.1f}" x2="{RIGHT}" y2="{at:.1f}" stroke="#ddd"/>'
            yield f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        for size in growth.sizes:
            yield f'<text x="{x(size):.1f}" y="{BOTTOM + 18}" text-anchor="middle">{size}</text>'
        yield f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 38}" text-anchor="middle">services ({growth.graph})</text>'
        for number, (name, seconds) in enumerate(walls.items()):
            colour = COLOURS[number % len(COLOURS)]
            points = [(x(size), y(second)) for size, second in zip(growth.sizes, seconds, strict=False)]
            line = " ".join(f"{at:.1f},{of:.1f}" for at, of in points)
            yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield f'<text x="{RIGHT + 8}" y="{TOP + 14 + 18 * number}" fill="{colour}">{name}</text>'
        yield "</svg>"

    return "\n".join(drawn()) + "\n"
