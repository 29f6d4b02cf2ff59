"""Asking the rules: what they would answer, and what they would have answered."""
