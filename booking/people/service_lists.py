"""Lists that the page shows and the file holds: one function decides who stands on both, and notes who was shown."""

from datetime import date
from uuid import UUID

import msgspec

from booking.access import service as access
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import clock
from booking.people import queries_staff
from booking.people.rules import SchoolStage
from booking.people.schemas import MemberView
from booking.people.service_desk import bodies_of

AT_ONCE = 1_000


class MemberFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which members a list holds; empty means all."""

    stage: str = ""
    municipality: str = ""
    since: date | None = None

    @classmethod
    def read(cls, stage: str, municipality: str, since: str) -> "MemberFilters":
        """What an address asks for; what cannot be read asks for nothing."""
        try:
            day = date.fromisoformat(since)
        except ValueError:
            day = None
        return cls(stage=stage if stage in set(SchoolStage) else "", municipality=municipality, since=day)

    def said(self) -> dict[str, str]:
        """The filters as an address keeps them."""
        day = self.since.isoformat() if self.since else ""
        given = {"stage": self.stage, "municipality": self.municipality, "since": day}
        return {name: value for name, value in given.items() if value}

    def takes(self, member: MemberView) -> bool:
        """Whether a member belongs on the list."""
        return (
            self.stage in ("", member.school_stage)
            and self.municipality in ("", member.municipality_code)
            and (self.since is None or clock.local_date(member.created_at) >= self.since)
        )


async def list_members(
    by: Actor, filters: MemberFilters, *roles: Role, what: str, after: UUID | None = None, limit: int | None = None
) -> tuple[list[MemberView], bool]:
    """Members of the bodies for which one of `roles` is held, in the order they were registered, and whether more are.

    Protected members are on no list. Whoever stands on it is noted as seen. Raises: NotAllowed.
    """
    bodies = await bodies_of(by, *roles)
    found: list[MemberView] = []
    while limit is None or len(found) <= limit:
        part = await queries_staff.list_registered(bodies, after=after, limit=AT_ONCE)
        if not part:
            break
        found.extend(one for one in part if filters.takes(one))
        after = part[-1].id
    shown = found if limit is None else found[:limit]
    for start in range(0, len(shown), AT_ONCE):
        seen = [one.id for one in shown[start : start + AT_ONCE]]
        await access.record_view(by, seen, what, by_list=True)
    return shown, len(shown) < len(found)
