"""The list of weekly groups as a spreadsheet: numbers and times, nobody's name."""

from litestar import Response, get
from litestar.di import NamedDependency

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.i18n import N_, format_span, format_weekday, translate
from booking.kit.spreadsheets import Cell, csv_bytes
from booking.kit.web import Asking, language_of
from booking.programs.rules import GroupState
from booking.programs.rules_groups import weekly_times
from booking.reservations import service_groups_leading
from booking.reservations.schemas_enrolments import GroupListed

EXPORTED = (
    N_("施設"),
    N_("プログラム"),
    N_("グループの名前"),
    N_("毎週の時間"),
    N_("状態"),
    N_("席"),
    N_("ひらくのに要る人数"),
    N_("入っている人"),
    N_("待っている人"),
    N_("はじめの日"),
)

STATES = {
    GroupState.GATHERING: N_("人を集めています"),
    GroupState.OPEN: N_("ひらく日が決まりました"),
    GroupState.RUNNING: N_("続いています"),
}


@get("/staff/groups.csv", include_in_schema=False)
async def export_led(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same list as csv: numbers and times, nobody's name."""
    listed = await service_groups_leading.list_led(actor)
    language = language_of(request)
    head = [translate(each, language) for each in EXPORTED]
    content = csv_bytes(head, [_line(each, language) for each in listed])
    headers = {"content-disposition": 'attachment; filename="groups.csv"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _line(listed: GroupListed, language: str) -> list[Cell]:
    group = listed.group
    times = "、".join(
        f"{format_weekday(each.weekday, language)} {format_span(each.starts, each.ends, language)}"
        for each in weekly_times(group, clock.today())
    )
    starts_on = group.starts_on.isoformat() if group.starts_on else None
    said = (
        group.facility_name,
        group.program_name,
        group.name,
        times,
        translate(STATES[GroupState(group.state)], language),
    )
    return [*said, group.seats, group.min_to_open, listed.enrolled, listed.waiting, starts_on]


PAGES = (export_led,)
