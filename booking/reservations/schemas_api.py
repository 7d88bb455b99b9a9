"""What crosses the JSON doors of bookings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from booking.reservations.schemas_facts import Seats


class BookRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants to take part in what. One of `session_id` and `session_ids`.

    `options` are codes of a session's options, wanted for every member; `wheelchair` names the members who use one;
    `helpers` come along and take no seat.
    `join_waiting_list`: what has no free seat waits for one; with `all_or_nothing` the whole order waits.
    `override` names the rules that staff set aside, `reason` says why.
    """

    member_ids: Annotated[list[UUID], msgspec.Meta(max_length=200)]
    session_id: UUID | None = None
    session_ids: Annotated[list[UUID], msgspec.Meta(max_length=200)] = []
    options: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    all_or_nothing: bool = False
    join_waiting_list: bool = False
    assistance: Annotated[str, msgspec.Meta(max_length=500)] = ""
    wheelchair: Annotated[list[UUID], msgspec.Meta(max_length=200)] = []
    helpers: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    override: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why staff cancel, and which rules they set aside; residents send an empty object."""

    override: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ReservationItem(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation in the API. `position`: its place in the waiting list; `offered_until`: how long a seat is kept."""

    id: UUID
    order: UUID
    session: UUID
    member: UUID
    state: str
    program: str
    facility: str
    starts_at: datetime
    ends_at: datetime
    cancel_until: datetime
    booked_at: datetime
    arrived_at: datetime | None
    cancelled_at: datetime | None
    options: list[str] = []
    wheelchair: bool = False
    helpers: int = 0
    position: int | None = None
    offered_until: datetime | None = None


class RefusedItem(msgspec.Struct, frozen=True, kw_only=True):
    """What was not booked and why."""

    session: UUID
    member: UUID
    code: str
    detail: str


class BookAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was booked; `refused` is empty unless part of the order was."""

    items: list[ReservationItem]
    refused: list[RefusedItem] = []


class ReservationPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of reservations."""

    items: list[ReservationItem]
    next_cursor: str | None


class OptionItem(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked for with a seat of a session, by its code, and how many are left."""

    code: str
    names: dict[str, str]
    quota: int
    left: int


class SessionItem(msgspec.Struct, frozen=True, kw_only=True):
    """A session in the API. `program` and `facility` are codes; `titles` and `notes` say per language what this one
    session is about, where it says more than its program."""

    id: UUID
    program: str
    facility: str
    starts_at: datetime
    ends_at: datetime
    state: str
    seats: Seats
    waiting: int
    booking_opens_at: datetime
    booking_closes_at: datetime
    cancel_until: datetime
    selection: str
    series: UUID | None = None
    space: dict[str, str] = {}
    titles: dict[str, str] = {}
    notes: dict[str, str] = {}
    options: list[OptionItem] = []


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of sessions in the order they start."""

    items: list[SessionItem]
    next_cursor: str | None
