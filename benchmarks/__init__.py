"""How fast are the busiest pages? `make bench`."""
