"""Exceptions by two people (R14): asked, in force, over."""
