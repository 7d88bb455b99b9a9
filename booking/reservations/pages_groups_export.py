"""Weekly groups as spreadsheets: the list of them without anybody's name, and the people of one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import EXPORTERS
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, format_span, format_weekday, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, language_of
from booking.people.rules import grade_on
from booking.programs.rules import GroupState
from booking.programs.rules_groups import weekly_times
from booking.reservations import service_groups_leading
from booking.reservations.errors_audiences import say_grade
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.schemas_enrolments import EnrolmentView, GroupListed
from booking.reservations.schemas_moves import LeaderView

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


@get(file_addresses("/staff/groups"), include_in_schema=False)
async def export_led(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "", standing: FromQuery[str] = ""
) -> Response[bytes]:
    """The same list as a file: numbers and times, nobody's name."""
    listed = filtered(await service_groups_leading.list_led(actor), facility, standing)
    language = language_of(request)
    return await list_file(
        request, "groups", N_("毎週のグループ"), EXPORTED, [_line(each, language) for each in listed]
    )


def filtered(listed: Sequence[GroupListed], facility: str, standing: str) -> list[GroupListed]:
    """The groups that fit the page's filters; an unknown one fits all."""
    known = standing if standing in set(GroupState) else ""
    return [
        each for each in listed if facility in ("", each.group.facility_code) and known in ("", str(each.group.state))
    ]


def choices(listed: Sequence[GroupListed], facility: str, standing: str) -> dict[str, Any]:
    """What the page's filters offer, and what is asked for."""
    return {
        "asked": {name: value for name, value in (("facility", facility), ("standing", standing)) if value},
        "facilities": sorted({(each.group.facility_code, each.group.facility_name) for each in listed}),
        "states": STATES,
    }


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


PEOPLE = (
    N_("会員番号"),
    N_("名前"),
    N_("読みかた"),
    N_("学年"),
    N_("状態"),
    N_("申しこんだ日"),
    N_("ほかに来られる曜日と時間"),
    N_("電話で知らせる人"),
)
IN_IT = {EnrolmentState.ENROLLED: N_("入っている人"), EnrolmentState.WAITING: N_("待っている人")}


@get(file_addresses("/staff/groups/{group_id:uuid}/people"), include_in_schema=False)
async def export_people(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[bytes]:
    """Who is in one group or waits for it, as on the leader's page, for those who may take names out."""
    led = await service_groups_leading.open_led(actor, group_id, *EXPORTERS, what="group-export")
    language = language_of(request)
    return await list_file(
        request, "group", N_("入っている人"), PEOPLE, [_person(led, one, language) for one in led.people]
    )


def _person(led: LeaderView, one: EnrolmentView, language: str) -> list[Cell]:
    member = led.members[one.member_id]
    grade = grade_on(member, clock.today())
    times = (
        f"{format_weekday(at.weekday, language)} {format_span(at.starts, at.ends, language)}" for at in one.other_times
    )
    return [
        *(member.number, member.name, member.kana, say_grade(grade, language) if grade else ""),
        translate(IN_IT[EnrolmentState(one.state)], language) if one.state in IN_IT else one.state,
        clock.local_date(one.enrolled_at).isoformat(),
        "、".join(times),
        translate(N_("はい"), language) if one.member_id in led.unreached else "",
    ]


PAGES = (export_led, export_people)
