"""Stored files: attachments and raw mail."""
