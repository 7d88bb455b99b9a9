"""What a kiosk may be set to."""

from enum import StrEnum


class Direction(StrEnum):
    """Whether a kiosk lets people in, out, or decides by who is inside."""

    IN = "in"
    OUT = "out"
    AUTO = "auto"
