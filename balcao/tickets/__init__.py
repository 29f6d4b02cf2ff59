"""The conversation and its timeline."""
