"""Tests of the room personal_data."""
