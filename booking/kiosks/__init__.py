"""Kiosks: the register of devices at the doors.

A kiosk is created by staff for facilities of one place, paired once by a short code, known by a bearer token, and
silent, alive or revoked. Never: two devices with one code, a token stored in clear, a revoked kiosk that gets an
answer.
"""
