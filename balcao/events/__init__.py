"""Append-only events, and what follows from them: reactions, jobs, the ticker, the limiter."""
