"""How pages are rendered and guarded."""
