"""What twipc costs beside Docker's own tools and others: wall time, processor time and memory, in one interleaved run."""
