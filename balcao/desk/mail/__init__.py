"""The desk's post: mail that was kept, mail that did not arrive, and the accounts it comes by."""
