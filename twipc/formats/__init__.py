"""Languages that more than one target writes: how to say it. What to say is a target's."""
