"""The decision table (N1): generated questions, and the reviewed answers they must get."""
