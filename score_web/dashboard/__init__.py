"""What waits for me and what comes next, for every role. Reads only; each feature answers queries.waiting_for(actor)."""
