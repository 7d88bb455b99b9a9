"""What making two records one does, before it is done and after."""

from datetime import date
from uuid import UUID

import msgspec

from booking.people.schemas import ContactView, MemberView
from booking.people.schemas_merging import RightsAfter
from booking.personal_data.schemas import Kept


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a certified month or year will differ by. `body` is empty for the whole plan."""

    starts_on: date
    until_on: date
    body: str
    change: int


class Doubles(msgspec.Struct, frozen=True, kw_only=True):
    """What both hold and one gives up: seats of one session, places in one group."""

    seats: int
    places: int


class MergePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that making `gone` one with `kept` does. `seen` stands for all of it: what is done is what was shown.

    `dropped`: names of the facts of the second that the first has otherwise, with what the second says.
    `common_years`: fiscal years in which two people were counted and one will be.
    """

    kept: MemberView
    gone: MemberView
    amounts: Kept
    doubles: Doubles
    guardians: tuple[RightsAfter, ...]
    contacts: tuple[ContactView, ...]
    taken: tuple[tuple[str, str], ...]
    dropped: tuple[tuple[str, str], ...]
    has_card: bool
    shared_days: int
    common_years: tuple[int, ...]
    moved: tuple[Moved, ...]
    seen: str


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, in numbers. `id` is the member who stays."""

    id: UUID
    visits: int
    given_up: int


class MergeRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The number of the member who stays. `seen`: what the page or a dry run said; then nothing else is done."""

    number: str
    dry_run: bool = False
    seen: str = ""


class MergeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is done, or would be: numbers, and for how many accounts more is to be seen than before."""

    into: UUID
    done: bool
    visits: int
    given_up: int
    newly_seen: int
    shared_days: int
    seen: str
