"""Appointments (S37-S42): working hours, times that are offered and booked, and their files."""
