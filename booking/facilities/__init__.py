"""Bodies, places and facilities, their hours and the days they are closed.

Rules of closing are rows, never code; an exception of one day wins over every rule.
"""
