"""What AWS takes at most, and how each of it is measured."""
