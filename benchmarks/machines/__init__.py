"""Do two machines with one PostgreSQL behind nginx behave as one, and what do they carry? `make machines`."""
