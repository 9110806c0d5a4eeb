"""What the files of the target mean: this shares no code with what writes them."""
