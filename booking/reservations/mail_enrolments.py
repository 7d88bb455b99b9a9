"""What those in a weekly group are told: enrolled, waiting, opened, a seat came free, left, ended, moved, other times.

To the guardians who may know of the member and whoever enrolled them; a link shows a page, only a button there acts.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from booking.kit import clock
from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.rules import Topic
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.programs.rules_groups import weekly_times
from booking.programs.schemas_groups import GroupView
from booking.reservations.mail_closing import Reader, readers_of
from booking.reservations.schemas_enrolments import EnrolmentView

SUBJECTS = {
    "enrolled": N_("グループに申しこみました"),
    "waiting": N_("グループの待つ列に入りました"),
    "opened": N_("グループがひらきます"),
    "promoted": N_("席が空いて、グループに入りました"),
    "left": N_("グループをやめました"),
    "ended": N_("グループが終わります"),
    "outgrows": N_("グループの対象の学年や年齢でなくなります"),
    "outgrown": N_("グループの対象の学年や年齢でなくなりました"),
    "moved": N_("ほかのグループに移りました"),
    "not-moved": N_("グループが終わります。ほかのグループをえらんでください"),
    "times": N_("グループの時間が変わります"),
    "asked-group": N_("ほかのグループに移りませんか"),
    "asked-times": N_("グループの時間を変えてもよいですか"),
}
"""What a message is about, by its kind."""


async def tell(kind: str, group: GroupView, people: Sequence[EnrolmentView], **more: Any) -> list[Reader]:
    """Tell everybody concerned in one message each, within the caller's transaction; who was told.

    `links`: (account, enrolment) → an address of their own, where a kind has one.
    """
    readers = await readers_of(people)
    links: Mapping[tuple[UUID, UUID], str] = more.pop("links", {})
    letters = []
    for reader, member_ids in readers.items():
        items = [each for each in people if each.member_id in member_ids]
        own = {each.id: links.get((reader.account_id, each.id), "") for each in items}
        letters.append(
            NewLetter(
                kind=f"group-{kind}",
                to=reader.address,
                reader=reader.account_id,
                about=tuple(member_ids),
                topic=_topic(kind),
                subject=translate(SUBJECTS[kind], reader.language),
                content=_text(kind, group, items, reader.language, {"links": own, **more}),
                language=reader.language,
                body_code=group.body_code,
                dedup=f"group-{kind}:{group.id}:{min(each.id for each in items)}:{reader.account_id}:{_when(more)}",
            )
        )
    await enqueue_all(letters)
    return list(readers)


def _topic(kind: str) -> Topic | None:
    """What a reader may have asked not to be told; a question always comes."""
    if kind.startswith("asked"):
        return None
    return Topic.BOOKED if kind in ("enrolled", "waiting", "left") else Topic.CHANGE


def _when(more: Mapping[str, Any]) -> str:
    """What sets one telling apart from the next of its kind to the same people."""
    return str(more.get("key") or clock.now().isoformat(timespec="minutes"))


def _text(kind: str, group: GroupView, items: Sequence[EnrolmentView], language: str, more: Mapping[str, Any]) -> str:
    return render(
        "reservations/group.txt",
        language,
        kind=kind,
        group=group,
        items=items,
        other=more.get("other"),
        move=more.get("move"),
        times=more.get("times") or weekly_times(group, clock.today()),
        other_times=weekly_times(more["other"], clock.today()) if more.get("other") else [],
        links=more.get("links", {}),
        from_on=more.get("from_on"),
        missing=more.get("missing", 0),
        link=f"{get_settings().public_url.rstrip('/')}/bookings",
        said=lambda one: f"{say_words(one.program_names, language)} {say_words(one.names, language)}",
        place_said=lambda one: say_words(one.facility_names, language),
    )
