"""The record's pages: what happened, who saw what, and whether all of it is as it was written."""
