"""Drills: what breaks on a bad day is broken on purpose, and afterwards every scan and every word said is counted."""
