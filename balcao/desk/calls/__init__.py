"""The telephone of a desk without a PBX: the call card, its ways out, and the list of calls."""
