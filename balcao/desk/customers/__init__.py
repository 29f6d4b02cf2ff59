"""Clientes: organisations, their people, and the recoveries of access."""
