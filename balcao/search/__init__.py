"""Full text: one normaliser, one table, the same hits on both engines."""
