"""Who reaches which address: a reviewed table, a small world, a question for every pair."""
