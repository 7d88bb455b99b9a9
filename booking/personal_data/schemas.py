"""What an erasure does, before it is done and after."""

from uuid import UUID

import msgspec

from booking.people.schemas import GuardianView, MemberView
from booking.reservations.schemas import ReservationView


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an erasure reaches. `ending`: those another body keeps, whose registration here ends."""

    gone: tuple[MemberView, ...]
    ending: tuple[MemberView, ...]

    @property
    def gone_ids(self) -> list[UUID]:
        """The ids of those who are erased."""
        return [member.id for member in self.gone]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How much is kept of the people who are to be erased."""

    visits: int
    bookings: int
    passes: int
    messages: int


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is left with nobody when they are erased."""

    id: UUID
    email: str | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One way to erase: the member alone or the whole household; and what happens then."""

    reach: Reach
    kept: Kept
    accounts: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure would do, and whom to tell first. `guardians` is empty while what is kept is not to be seen."""

    member: MemberView
    alone: Choice
    household: Choice | None
    guardians: tuple[GuardianView, ...]
    bookings: tuple[ReservationView, ...]
    groups: int


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, in numbers. `ended`: registrations that ended while another body keeps the person."""

    members: int
    ended: int
    accounts: int
    cancelled: int


class EraseRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The number of the member, typed again; `household` for everybody who lives there."""

    number: str
    household: bool = False
