"""Equipe: the staff, their roles, and deputies who lend the second pair of eyes."""
