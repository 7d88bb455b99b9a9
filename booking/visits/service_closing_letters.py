"""What the guardians of those inside read when a facility is closed at once: ahead of every other message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.i18n import LANGUAGES, N_, translate
from booking.kit.templating import render
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.people.queries import list_guardians_to_tell, list_members
from booking.people.rules import SELF_RELATION
from booking.people.rules_text import print_phone
from booking.people.schemas import GuardianToTell
from booking.reservations.mail_closing import PRIORITY, News, letter_key
from booking.visits.queries_roll import list_inside_at
from booking.visits.rules_answering import facility_name

URGENT = 0
"""Before sign-in codes, notices and everything else that waits."""
INSIDE, INSIDE_AGAIN = "closing-inside", "closing-inside-again"
SUBJECTS = {INSIDE: N_("至急：{place}を閉めました"), INSIDE_AGAIN: N_("{place}が、また開きました")}
OF_USE = timedelta(hours=12)


async def tell_inside(facilities: Sequence[FacilityView], news: News) -> None:
    """Tell the guardians of everybody inside, by their rights, each in one message in the household's language."""
    await _tell(INSIDE, facilities, news.at, news, URGENT)


async def tell_inside_again(facility: FacilityView, closed_at: datetime, news: News) -> None:
    """Tell those who got the urgent message that it is open again."""
    await _tell(INSIDE_AGAIN, [facility], closed_at, news, PRIORITY)


async def _tell(kind: str, facilities: Sequence[FacilityView], at: datetime, news: News, priority: int) -> None:
    inside = dict(await list_inside_at([one.id for one in facilities], at))
    places = {one.id: one for one in facilities}
    told: dict[UUID, list[GuardianToTell]] = {}
    for guardian in await list_guardians_to_tell(inside):
        if guardian.relation != SELF_RELATION:
            told.setdefault(guardian.account_id, []).append(guardian)
    members = await list_members(inside)
    letters = []
    for account_id, theirs in told.items():
        people = [(members[one.member_id].shown_name, places[inside[one.member_id]]) for one in theirs]
        key = letter_key(news.key, kind, account_id)
        letter = _letter(kind, theirs[0], people, news, key=key, priority=priority)
        letters.append(msgspec.structs.replace(letter, about=tuple(one.member_id for one in theirs)))
    await enqueue_all(letters)


def _letter(
    kind: str,
    guardian: GuardianToTell,
    people: Sequence[tuple[str, FacilityView]],
    news: News,
    *,
    key: str,
    priority: int,
) -> NewLetter:
    language = guardian.language if guardian.language in LANGUAGES else "ja"
    facility = people[0][1]
    place = facility_name(facility, language)
    return NewLetter(
        kind=kind,
        to=guardian.email,
        reader=guardian.account_id,
        subject=translate(SUBJECTS[kind], language, place=place),
        content=render(
            f"visits/{kind}.txt",
            language,
            place=place,
            at=news.at,
            reason=news.reason,
            people=[(name, facility_name(where, language)) for name, where in people],
            phone=print_phone(facility.phone) if facility.phone else "",
            address=facility.address,
        ),
        language=language,
        body_code=facility.body_code,
        not_after=clock.now() + OF_USE,
        dedup=key,
        priority=priority,
    )
