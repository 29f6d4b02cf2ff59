"""Scripts behind `make`; nothing here is part of the product."""
