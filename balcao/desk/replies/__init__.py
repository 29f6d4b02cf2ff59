"""Texts written often: the book in which they are kept, and the list beside a ticket."""
