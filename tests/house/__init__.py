"""The laws of the house that no other tool checks."""
