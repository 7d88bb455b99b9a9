"""How long a body keeps what, for its administrators: the terms, what is due, and the press that lets it go."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.personal_data import service_retention as service
from booking.personal_data.errors_retention import CountMoved, RetentionRefused
from booking.personal_data.rules_retention import LEAST_MONTHS, MOST_MONTHS, PEOPLE, Kept
from booking.personal_data.schemas_retention import TermForm

NAMES = {
    Kept.MEMBERS: (N_("来なくなった会員"), N_("最後の入館か予約から数えます。")),
    Kept.GROWN: (
        N_("19歳になる年度を過ぎた会員"),
        N_("19歳になる年度の終わりから数えます。そのあとに来た人は入りません。"),
    ),
    Kept.ACCOUNTS: (
        N_("だれも見ていないアカウント"),
        N_("最後のサインインから数えます。すべての団体のうち、いちばん長い期間を使います。"),
    ),
    Kept.MESSAGES: (
        N_("お知らせの記録"),
        N_(
            "作った日から数えます。文とあて先は、14日で消えています。サインインの番号など、どの団体の名前でもないお知らせには、すべての団体のうち、いちばん短い期間を使います。"
        ),
    ),
    Kept.DOOR: (
        N_("入り口の記録と会員のつながり"),
        N_("入り口の記録から、だれのものかを消します。入館の数は残ります。"),
    ),
    Kept.VIEWS: (N_("個人情報を見た記録"), N_("見た日から数えます。")),
    Kept.AUDIT: (N_("操作の記録"), N_("操作した日から数えます。")),
}


class LetGoPage(msgspec.Struct, kw_only=True):
    """What goes, and how much of it, typed again."""

    body: str
    kind: str
    count: str


@get("/staff/retention", include_in_schema=False)
async def show_terms(
    request: Asking, actor: NamedDependency[Actor], done: FromQuery[str] = "", gone: FromQuery[int] = 0
) -> Response[str]:
    """The terms of one's bodies, and what is due now."""
    return await _terms_page(request, actor, done=done, gone=gone)


async def _terms_page(
    request: Asking, actor: Actor, refusal: Refusal | None = None, at: tuple[str, str] = ("", ""), **said: Any
) -> Response[str]:
    language = language_of(request)
    names = {one.code: say_words(one.names, language) for one in await facilities.list_bodies()}
    found: dict[str, list[Any]] = {}
    for due in await service.list_due(actor):
        found.setdefault(due.term.body_code, []).append(due)
    return page(
        request,
        "personal_data/retention.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        at=at,
        bodies=[(code, names.get(code, code), dues) for code, dues in found.items()],
        names=NAMES,
        people=PEOPLE,
        least=LEAST_MONTHS,
        most=MOST_MONTHS,
        **{"done": "", "gone": 0, **said},
    )


@post("/staff/retention", include_in_schema=False)
async def change_term(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Set for how long a body keeps a class of data, and whether it goes by itself."""
    posted = await form(request, TermForm)
    try:
        await service.change_term(actor, posted)
    except RetentionRefused as refusal:
        return await _terms_page(request, actor, refusal, (posted.body, posted.kind))
    return redirect("/staff/retention", done="saved")


@get("/staff/retention/people", include_in_schema=False)
async def show_people(
    request: Asking, actor: NamedDependency[Actor], of: FromQuery[str] = "", kind: FromQuery[str] = Kept.MEMBERS
) -> Response[str]:
    """Who would go at the next press."""
    return await _people_page(request, actor, of, kind)


async def _people_page(
    request: Asking, actor: Actor, body: str, kind: str, refusal: Refusal | None = None
) -> Response[str]:
    due, found = await service.list_people(actor, body, kind)
    return page(
        request,
        "personal_data/retention_people.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        due=due,
        found=found,
        name=NAMES[due.term.kind][0],
        at_once=service.AT_ONCE,
    )


@post("/staff/retention/let-go", include_in_schema=False)
async def let_go(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Let go of what is due, when its number was typed."""
    posted = await form(request, LetGoPage)
    try:
        gone = await service.let_go(actor, posted.body, posted.kind, posted.count)
    except CountMoved as refusal:
        if posted.kind in PEOPLE:
            return await _people_page(request, actor, posted.body, posted.kind, refusal)
        return await _terms_page(request, actor, refusal, (posted.body, posted.kind))
    return redirect("/staff/retention", done="gone", gone=str(gone))


PAGES: tuple[Any, ...] = (show_terms, change_term, show_people, let_go)
NAV = (
    NavItem(
        label=N_("保存期間"),
        address="/staff/retention",
        icon="clock",
        roles=tuple(str(role) for role in service.KEEPERS),
        order=96,
    ),
)
