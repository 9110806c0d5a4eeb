"""What the files of the target are to mean, stated a second time: this shares no code with what writes them."""
