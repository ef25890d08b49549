"""What is done with the specification: run, explore, sample, draw, hold against engines."""
