"""Targets that are one engine's configuration alone: the same for each engine but for its name."""
