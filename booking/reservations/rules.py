"""Booking decided from values alone: seats, limits, windows, states."""

from enum import StrEnum


class ReservationState(StrEnum):
    """States of a reservation, named as in the public contract."""

    APPLIED = "applied"
    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NOT_DRAWN = "not-drawn"
    RELEASED = "released"


TAKING_A_SEAT = frozenset({ReservationState.OFFERED, ReservationState.CONFIRMED, ReservationState.ARRIVED})
LIVE = TAKING_A_SEAT | {ReservationState.APPLIED, ReservationState.WAITING}
