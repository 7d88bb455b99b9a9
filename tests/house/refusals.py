"""Writes docs/refusals.md from the code."""

from tests.house.test_words import REFUSALS, documented

if __name__ == "__main__":
    REFUSALS.write_text(documented(), encoding="utf-8")
