"""Sales: orders of one-offs, their payment, and questions about coverage asked before a sale."""
