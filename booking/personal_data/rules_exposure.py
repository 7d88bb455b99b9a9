"""What a lost thing could show, and who of those is under eighteen. From values alone."""

from collections.abc import Iterable
from datetime import date, timedelta

from booking.people.rules import ADULT_AT, age
from booking.people.schemas import MemberView
from booking.personal_data.schemas_exposure import Days, Lost, Sight, Trace

LIST_DAYS = 14
SEEN_WITHIN = timedelta(days=365)
"""A kiosk's list: who has a seat in the days to come, and who was there in the year before."""
KINDS_OF_DATA = {
    Lost.KIOSK: (
        "会員番号、画面に出す名前（守っている人は名前なし）、14日分の予約、入れるプログラム。"
        "職員用の番号が知られたときは、中にいる人の氏名、学年、必要な配慮、緊急の連絡先も。"
    ),
    Lost.STAFF: "会員番号、氏名、生年月日、学年、学校、連絡先、保護者、必要な配慮、予約、入館（役割で見られるもの）",
    Lost.TOKEN: "会員番号、氏名、学年、予約、入館（トークンの役割で読めるもの）",
    Lost.PASS: (
        "紙に会員番号と画面に出す名前。受付機の答えに、画面に出す名前と、入った場所か回の名前。"
        "家族からえらぶ画面が出たときは、家族の画面に出す名前（名前を出さない入口では番号の終わり）と、中にいるかどうか。"
    ),
    Lost.GUARDIAN: "会員番号、氏名、生年月日、学年、学校、必要な配慮、緊急の連絡先、予約、入館、入館パス",
}
"""For the report to the commission, in Japanese."""
NOT_KNOWN = {
    Lost.KIOSK: (
        "機器が最後に受けとった名簿だけが機器にあります。あとから予約を取り消した人や、家族としてのった人は"
        "「可能性」に入ります。機器は、14日のあいだ連絡がないと名簿を消します。"
    ),
    Lost.STAFF: "見た記録がある人は確かです。「可能性」は、役割で開けた人のすべてで、開いた記録はありません。",
    Lost.TOKEN: "読んだ記録があるものは確かです。「可能性」は、役割で読めた人のすべてで、読んだ記録はありません。",
    Lost.PASS: (
        "本人は紙にのっているので確かです。受付機の答えに出た人も確かです。「可能性」は、このパスを見せたときに"
        "受付機がえらばせることのできた家族です。ネットワークのない受付機の記録は、60日まで後から届きます。"
    ),
    Lost.GUARDIAN: "このアカウントかカードで見られた人のすべてです。実際に開いたかどうかは、記録していません。",
}
"""What the list cannot say."""


def is_minor(member: MemberView, on: date) -> bool:
    """Under eighteen on a day; whose day of birth is not known counts as one while at school or before it."""
    if member.birth_on is not None:
        return age(member.birth_on, on) < ADULT_AT
    return member.school_stage != "adult"


def days_of_list(first: date, last: date) -> Days:
    """The days that decide who stood on a kiosk's list between two local days."""
    return Days(seen_since=first - SEEN_WITHIN, first=first, last=last + timedelta(days=LIST_DAYS - 1))


def joined(certain: Iterable[Trace], possible: Iterable[Trace]) -> list[Trace]:
    """Everybody once, the sure ones first."""
    found = {one.member_id: one for one in certain}
    for one in possible:
        found.setdefault(one.member_id, one)
    return sorted(found.values(), key=lambda one: one.sight is Sight.POSSIBLE)
