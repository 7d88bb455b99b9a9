"""What is published, in words: the page and the catalogue say the same. Pure."""

from collections.abc import Mapping
from datetime import date

from booking.kit.i18n import N_
from booking.kpi.schemas_importing import Beginning
from booking.opendata.schemas import Dataset

LICENCE = "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0"
"""公共データ利用規約（第1.0版）, PDL1.0."""
FACILITY, EVENT = "_public_facility.csv", "_event.csv"
STANDING = N_("「確定」は名前のある担当者が確定した数、「暫定」はこれから変わることがある数")
NUMBER = N_("5 の倍数。「<10」は 10 未満、「*」は 10 に近いので出していない数")
UNIT = N_("数え方。延べ人日は、1人が1つの場所に1日来たら 1 と数える")
METHOD = N_("「このサービス」が数えた月か、それより前の「以前の集計」か、月の途中で変わった「両方」")
METHODS = ("このサービス", "以前の集計", "両方")
COUNTED = (
    Dataset(
        file="kpi_annual_users.csv",
        title=N_("年間利用者数（年度ごと）"),
        about=N_("計画の指標「年間利用者数」です。今年度は、先月までの数です。"),
        columns=(
            ("年度", N_("4月から次の年の3月まで")),
            ("目標値", N_("計画の目標。目標のない年は空")),
            ("利用者数", N_("確定した 1,000 以上の数はそのまま、ほかは 5 の倍数")),
            ("区分", STANDING),
            ("単位", UNIT),
            ("定義", N_("どの場所の、どの利用を数えたか")),
            ("定義の状態", N_("「確認済み」か「暫定」。暫定の間は、目標にとどいたとは言わない")),
        ),
        is_provisional=True,
    ),
    Dataset(
        file="visits_monthly.csv",
        title=N_("施設ごとの利用者数（月ごと）"),
        about=N_("終わった月だけをのせます。"),
        columns=(
            ("年月", N_("2026-10 の形")),
            ("施設ID", N_("公共施設一覧の ID と同じ")),
            ("施設名", N_("施設の名前")),
            ("利用者数", NUMBER),
            ("区分", STANDING),
            ("単位", UNIT),
            ("集計の方法", METHOD),
        ),
        is_provisional=True,
    ),
    Dataset(
        file="users_by_municipality.csv",
        title=N_("市町村ごとの利用者数（年度ごと）"),
        about=N_("住んでいる市町村で分けます。終わった年度だけをのせます。"),
        columns=(
            ("年度", N_("4月から次の年の3月まで")),
            ("全国地方公共団体コード", N_("6 けた。わからないときは空")),
            ("市区町村名", N_("市町村の名前")),
            ("利用者数", NUMBER),
            ("区分", STANDING),
            ("単位", UNIT),
        ),
        is_provisional=True,
    ),
)


def listed(bodies: Mapping[str, Mapping[str, str]]) -> list[Dataset]:
    """Every file there is, from the names of the bodies by code."""
    places = [
        Dataset(
            file=f"{code}{FACILITY}",
            title=N_("公共施設一覧"),
            about=N_(
                "場所、開館時間、バリアフリーの設備です。国の標準の 56 列です。まだ確かめていない項目は備考に書きます。"
            ),
            of=dict(names),
        )
        for code, names in bodies.items()
    ]
    events = [
        Dataset(
            file=f"{code}{EVENT}",
            title=N_("イベント一覧"),
            about=N_(
                "これからのイベント、ワークショップ、体験会です。国の標準の列がすべて確かめられるまで、列は暫定です。"
            ),
            of=dict(names),
            is_provisional=True,
        )
        for code, names in bodies.items()
    ]
    return [*places, *events, *COUNTED]


def method_of(month_on: date, beginning: Beginning | None) -> str:
    """How a facility-month was counted; it tells of days alone, never whether anybody came."""
    if beginning is None or (beginning.counted_on is not None and beginning.counted_on <= beginning.imported_on):
        return METHODS[0]
    if beginning.counted_on is None or month_on < beginning.counted_on.replace(day=1):
        return METHODS[1]
    return METHODS[2] if month_on == beginning.counted_on.replace(day=1) != beginning.counted_on else METHODS[0]
