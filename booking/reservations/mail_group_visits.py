"""What a group reads about its visit, and the desk of a new request. A link shows a page; only a button there acts."""

from collections.abc import Mapping

from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.service import enqueue
from booking.reservations.mail_closing import PRIORITY
from booking.reservations.schemas_group_visits import GroupRequestView

SUBJECTS = {
    "asked": N_("団体の来館の申しこみを受け取りました"),
    "approved": N_("団体の来館を受け入れます"),
    "countered": N_("団体の来館に、別の日時を提案します"),
    "declined": N_("団体の来館を受け入れられません"),
    "called-off": N_("団体の来館が、できなくなりました"),
    "withdrawn": N_("団体の来館の申しこみを取り下げました"),
    "refused": N_("提案した日時をことわりました"),
    "displaced": N_("団体の来館の日が、休館になりました"),
    "restored": N_("団体の来館が、もとの日時でできるようになりました"),
    "expired": N_("団体の来館の申しこみを終わりにしました"),
    "lapsed": N_("提案した日時のお返事の期限が過ぎました"),
}
"""What a message is about, by its kind."""


async def tell_group(
    kind: str, request: GroupRequestView, link: str, *, reason: str = "", reasons: Mapping[str, str] | None = None
) -> None:
    """Tell whoever asked, when there is a mail address, within the caller's transaction.

    `reason`: why a place was closed, a sentence of ours unless staff wrote `reasons`. Whoever's day is gone is told
    ahead of other messages.
    """
    if request.email is None:
        return
    language = request.language
    await enqueue(
        kind=f"group-visit-{kind}",
        to=request.email,
        subject=translate(SUBJECTS[kind], language),
        body=render(
            "reservations/group_visit.txt",
            language,
            kind=kind,
            request=request,
            link=link,
            reason=say_words(reasons or {}, language) or (translate(reason, language) if reason else ""),
            place=say_words(request.facility_names, language),
        ),
        language=language,
        body_code=request.body_code,
        dedup=f"group-visit-{kind}:{request.id}:{clock.now().isoformat()}",
        priority=PRIORITY if kind in ("displaced", "restored") else 5,
    )


async def tell_desk(facility: FacilityView, request: GroupRequestView, news: str) -> None:
    """Tell the desk that something about a request waits for it; who asks is said on the page alone."""
    if facility.desk_email is None:
        return
    await enqueue(
        kind="group-visit-desk",
        to=facility.desk_email,
        subject=translate(DESK_NEWS[news], "ja"),
        body=f"{translate(DESK_NEWS[news], 'ja')}\n\n{facility.name}\n"
        f"{get_settings().public_url.rstrip('/')}/staff/group-visits/{request.id}\n",
        language="ja",
        body_code=facility.body_code,
        dedup=f"group-visit-desk:{news}:{request.id}:{clock.now().isoformat()}",
    )


DESK_NEWS = {
    "asked": N_("団体の来館の申しこみがありました"),
    "accepted": N_("提案した日時で、団体の来館が決まりました"),
    "refused": N_("提案した日時は、団体の都合に合いませんでした"),
    "withdrawn": N_("団体の来館の申しこみが取り下げられました"),
}
