"""A mailbox. Messages are rows written in the transaction of what they tell, sent after it, at most once each.

States: queued → sent, failed or dropped. It knows no feature: each room owns
its words. Never: a mail before its commit.
"""
