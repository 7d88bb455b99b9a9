"""Races for every scarce thing, in two server processes, each with its negative control."""
