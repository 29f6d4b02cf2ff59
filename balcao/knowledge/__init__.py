"""What is published: notices to everybody, and what readers think of a page."""
