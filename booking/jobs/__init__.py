"""When things run: jobs that rooms declare, one runner among any number of processes, and a ledger of what ran.

A job is an idempotent sweep: it asks the database what is due and does that, in batches of the verb's own transactions.
An occurrence is *running* until it is *done* or *failed*; one whose process died is *abandoned*. The ledger keeps an
occurrence from starting twice; correctness never depends on it, and no job may be told what it missed.
"""
