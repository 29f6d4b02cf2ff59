"""Minha conta: what somebody keeps about their own access, shared by customers and staff."""
