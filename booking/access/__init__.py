"""Who may enter: accounts, sign-in, roles, API tokens, the audit trail and the log of personal data viewed.

Identity arrives in every verb as an `Actor`. Never: a password, a token in clear, an audit row that changes.
"""
