"""The desk's pages of contracts, licences and the catalogue."""
