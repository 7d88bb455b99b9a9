"""A mailbox: messages wait in the outbox, are handed over, retried, given up or dropped when too late.

A message is a row written in the transaction of what it tells, so nothing is told that did not happen. It knows no
feature: each room owns its words. Invariants: nothing is sent inside a transaction, and a message's id travels with it
as de-duplication key.
"""
