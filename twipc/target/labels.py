"""Labels by which twipc knows what it made on an engine."""

PROJECT = "io.twipc.project"
"""Of every object; of images that are built here it is the only one: environments share an image."""
ENVIRONMENT = "io.twipc.environment"
MODE = "io.twipc.mode"
"""Of what has a mode: containers and services that wait for a lock."""
