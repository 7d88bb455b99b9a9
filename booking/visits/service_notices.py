"""Guardians hear when a child came and left, with the time it happened, in the transaction of the scan."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.kit.i18n import LANGUAGES, N_, format_day, format_time, translate
from booking.notifications.rules import Topic
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.people.queries import list_guardians_to_tell, list_members
from booking.people.rules import SELF_RELATION
from booking.visits.rules_answering import facility_name
from booking.visits.rules_plan import Notice
from booking.visits.schemas_facts import Reference

NEWS_FOR = timedelta(minutes=30)
"""A notice older than this is not sent: it would worry more than it tells."""
SUBJECTS = {"arrived": N_("{name}さんが着きました"), "left": N_("{name}さんが帰りました")}
TEXTS = {
    "arrived": N_("{name}さんは、{day} {time}に、{place}に着きました。"),
    "left": N_("{name}さんは、{day} {time}に、{place}を出ました。"),
}
FOOT = N_("このお知らせは、入口の受付機の記録から自動で送っています。")


async def tell_guardians(notices: Sequence[Notice], known: Reference, now: datetime) -> None:
    """Put the news into the outbox for those who are to be told; nobody is told of their own coming and going."""
    news = [one for one in notices if one.at + NEWS_FOR > now]
    if not news:
        return
    told = await list_guardians_to_tell({one.member for one in news})
    guardians = [one for one in told if one.relation != SELF_RELATION]
    if not guardians:
        return
    names = await list_members({one.member_id for one in guardians})
    letters = []
    for one in news:
        for guardian in guardians:
            if guardian.member_id != one.member:
                continue
            language = guardian.language if guardian.language in LANGUAGES else "ja"
            place = known.facilities[one.facility]
            said = {
                "name": names[one.member].shown_name,
                "day": format_day(one.at, language),
                "time": format_time(one.at, language),
                "place": facility_name(place, language),
            }
            letters.append(
                NewLetter(
                    kind=f"visit-{one.what}",
                    to=guardian.email,
                    reader=guardian.account_id,
                    about=(one.member,),
                    topic=Topic.VISIT,
                    subject=translate(SUBJECTS[one.what], language, name=said["name"]),
                    content=translate(TEXTS[one.what], language, **said) + "\n\n" + translate(FOOT, language) + "\n",
                    language=language,
                    body_code=place.body_code,
                    not_after=one.at + NEWS_FOR,
                    dedup=f"visit:{one.scan}:{one.what}:{guardian.account_id}",
                    priority=3,
                )
            )
    await enqueue_all(letters)
