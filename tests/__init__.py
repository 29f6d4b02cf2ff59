"""Tests of the whole house; each room keeps its own tests beside its code."""
