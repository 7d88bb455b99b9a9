"""Benchmarks: each starts everything it needs itself and ends with one line of JSON. None of them is a test."""
