"""Who people are, for whom they act, and where they can be reached."""
