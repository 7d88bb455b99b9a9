"""What guardians read where they look for news: that it may come later today."""

from typing import Any

from markupsafe import Markup

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, language_of
from booking.people.queries import list_members_of
from booking.people.rules import SELF_RELATION
from booking.visits.queries_notices import is_news_delayed


async def _delayed(request: Asking, **_context: Any) -> Markup:
    """A sentence while a door that one of their children uses today is silent; nothing for anybody else."""
    actor: Actor | None = actor_of(request)
    if actor is None or not actor.is_signed_in or actor.id is None:
        return Markup("")
    told = [
        one.id
        for one in await list_members_of(actor.id)
        if one.rights and one.rights.is_told and one.rights.is_confirmed and one.rights.relation != SELF_RELATION
    ]
    if not told or not await is_news_delayed(told, clock.today()):
        return Markup("")
    return render_piece("visits/delayed.html", language_of(request))


SLOTS = {"home.05-delayed": _delayed, "family.10-delayed": _delayed}
