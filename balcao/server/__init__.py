"""Wires the rooms together: settings, addresses, command line. Imported by nobody."""
