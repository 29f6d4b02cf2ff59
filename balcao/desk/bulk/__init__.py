"""The same thing done to several tickets: first what would happen, then what did."""
