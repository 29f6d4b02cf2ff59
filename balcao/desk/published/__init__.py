"""What is published to customers: notices over their pages, and their opinions on a page."""
