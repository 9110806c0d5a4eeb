"""Figures on twipc and its peers; each command writes its page beside it."""
