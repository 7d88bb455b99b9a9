"""Labels of temporary cards. From values alone."""

from collections.abc import Iterable

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
PREFIX = "T-"
MOST_AT_ONCE = 100


def next_labels(used: Iterable[str], count: int) -> list[str]:
    """The labels that follow those a desk has used: T-001, T-002, …"""
    numbers = [int(label.removeprefix(PREFIX)) for label in used if label.removeprefix(PREFIX).isdigit()]
    first = max(numbers, default=0) + 1
    return [f"{PREFIX}{number:03d}" for number in range(first, first + count)]


def read_label(typed: str) -> str:
    """A label as somebody at a desk types it: `t1`, `T-001`, `１` are the same card."""
    text = typed.translate(_FULL_WIDTH).upper().replace(" ", "").replace("\u30fc", "-")
    digits = text.removeprefix("T").removeprefix("-")
    return f"{PREFIX}{int(digits):03d}" if digits.isascii() and digits.isdigit() and len(digits) < 7 else text
