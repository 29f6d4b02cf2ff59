"""The policy as versioned data."""
