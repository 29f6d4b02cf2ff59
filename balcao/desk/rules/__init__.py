"""The book of rules on pages: topics, changes, versions."""
