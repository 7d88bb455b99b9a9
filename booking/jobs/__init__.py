"""When things run: jobs that rooms declare, one runner however many processes, and a ledger of runs."""
