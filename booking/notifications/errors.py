"""How the mailbox says no."""

from booking.kit.errors import Refusal

BY_CONSTRAINT: dict[str, type[Refusal]] = {}
