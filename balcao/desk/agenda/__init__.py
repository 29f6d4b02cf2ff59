"""The agenda: the week, working hours, an agent's own calendar, and a ticket's appointment."""
