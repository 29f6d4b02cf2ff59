"""The sales desk: selling one-offs, their orders and lists, and questions about coverage."""
