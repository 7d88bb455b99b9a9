"""Residents' pages of messages: what was told, however it travelled, and what to be told from now on."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit.errors import NotFound
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.notifications import queries as messages
from booking.notifications.rules import Topic
from booking.people import queries, queries_reach, service_notices, words
from booking.people.pages_home import id_of, offered_channels
from booking.people.queries_reach import Choice
from booking.people.rules import Preferred, RemindAt
from booking.people.schemas import MemberView
from booking.people.service_notices import Wish

NOTICES = "/account/notices"


class NoticesPage(msgspec.Struct, kw_only=True):
    """What to be told about one member, as the page posts it."""

    booked: bool
    reminder: str
    reminder_channel: str
    visit: bool
    change: bool


@get("/messages", include_in_schema=False)
async def list_messages(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Everything that was told to this account in the last two weeks."""
    require_account(actor)
    account_id = id_of(actor)
    received = await messages.list_received(account_id)
    hidden = await queries_reach.list_unseen(account_id, [member for one in received for member in one.about])
    shown = [one for one in received if hidden.isdisjoint(one.about)]
    return page(request, "people/messages.html", messages=shown)


@get("/messages/{message_id:uuid}", include_in_schema=False)
async def show_message(request: Asking, message_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[str]:
    """One message; where a notice on LINE leads."""
    require_account(actor)
    account_id = id_of(actor)
    found = await messages.find_received(account_id, message_id)
    if found is None or await queries_reach.list_unseen(account_id, found.about):
        raise NotFound
    return page(request, "people/message.html", message=found)


@get(NOTICES, include_in_schema=False)
async def show_notices(request: Asking, actor: NamedDependency[Actor], saved: FromQuery[str | None]) -> Response[Any]:
    """What this account is told about each of its members."""
    require_account(actor)
    members = await queries.list_members_of(id_of(actor))
    choices = {(one.member_id, one.topic): one for one in await queries_reach.list_choices([id_of(actor)])}
    usable = (Preferred.MAIL, Preferred.LINE)
    channels = [(str(code), word) for code, word in await offered_channels(actor) if code in usable]
    forms = [(member, _form_of(member, choices)) for member in members]
    context = {"forms": forms, "channels": channels, "remind_at": list(words.REMIND_AT.items())}
    return page(request, "people/notices.html", topics=words.TOPICS, saved=saved, **context)  # type: ignore[arg-type]


def _form_of(member: MemberView, choices: dict[tuple[UUID, Topic], Choice]) -> NoticesPage:
    def is_on(topic: Topic) -> bool:
        one = choices.get((member.id, topic))
        return one is None or one.is_on

    reminder = choices.get((member.id, Topic.REMINDER))
    when = RemindAt.EVENING.value if reminder is None else reminder.remind_at or RemindAt.EVENING.value
    return NoticesPage(
        booked=is_on(Topic.BOOKED),
        reminder=when if is_on(Topic.REMINDER) else "",
        reminder_channel="" if reminder is None else reminder.channel or "",
        visit=is_on(Topic.VISIT),
        change=is_on(Topic.CHANGE),
    )


@post(f"{NOTICES}/{{member_id:uuid}}", include_in_schema=False)
async def choose_notices(request: Asking, member_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep what to be told about one member."""
    posted = await form(request, NoticesPage)
    wishes = [
        Wish(topic=Topic.BOOKED, is_on=posted.booked),
        Wish(topic=Topic.VISIT, is_on=posted.visit),
        Wish(topic=Topic.CHANGE, is_on=posted.change),
        Wish(
            topic=Topic.REMINDER,
            is_on=bool(posted.reminder),
            channel=posted.reminder_channel,
            remind_at=posted.reminder,
        ),
    ]
    await service_notices.choose_notices(actor, member_id, wishes)
    return redirect(NOTICES, saved=str(member_id))


PAGES: tuple[Any, ...] = (list_messages, show_message, show_notices, choose_notices)
NAV = (NavItem(label=N_("お知らせ"), address="/messages", icon="bell", when="resident", place="foot", order=40),)
