"""Places and events in the columns of the national standard.

Source: 自治体標準オープンデータセット 20260801, sheets 01 and 12.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from booking.facilities.rules_accessibility import COLUMNS, AccessibilityItem, Presence
from booking.facilities.schemas import FacilityView, WeekdayHours
from booking.kit.spreadsheets import Cell
from booking.programs.rules import Category
from booking.programs.schemas import SessionView

PUBLIC_FACILITY = (
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "名称",
    "名称_カナ",
    "名称_英字",
    "名称_通称",
    "POIコード",
    "外部識別子",
    "外部識別子の値",
    "所在地_全国地方公共団体コード",
    "町字ID",
    "所在地_連結表記",
    "所在地_都道府県",
    "所在地_市区町村",
    "所在地_町字",
    "所在地_番地以下",
    "建物名等(方書)",
    "緯度",
    "経度",
    "高度の種別",
    "高度の値",
    "電話番号",
    "内線番号",
    "連絡先メールアドレス",
    "連絡先FormURL",
    "連絡先備考（その他、SNSなど）",
    "郵便番号",
    "法人番号",
    "団体名",
    "利用可能曜日",
    "開始時間",
    "終了時間",
    "利用可能時間特記事項",
    "説明",
    "車椅子可",
    "車椅子貸出",
    "ツエ貸出",
    "バリアフリートイレ",
    "スロープ、エレベータ、エスカレータ",
    "点字ブロック等の移動支援",
    "点字や読上による支援",
    "盲導犬・介助犬、聴導犬同伴",
    "字幕",
    "筆談対応",
    "優先駐車場",
    "オストメイト対応トイレ",
    "授乳室",
    "おむつ替えコーナー",
    "飲食可否",
    "ベビーカー貸出",
    "ベビーカー利用",
    "URL",
    "画像",
    "画像_ライセンス",
    "備考",
)
EVENT = (
    *(
        "全国地方公共団体コード",
        "ID",
        "地方公共団体名",
        "イベント名",
        "イベント名_英字",
        "説明",
        "イベント種類",
        "状態",
    ),
    *("開催パターン", "開始日", "終了日", "開始時間", "終了時間", "開始日時特記事項", "場所名称"),
    *(
        "所在地_全国地方公共団体コード",
        "町字ID",
        "所在地_連結表記",
        "所在地_都道府県",
        "所在地_市区町村",
        "所在地_町字",
    ),
    *("所在地_番地以下", "建物名等(方書)", "緯度", "経度", "主催団体", "定員", "申込開始日", "申込開始時刻"),
    *("申込期限日", "申込期限時刻", "申込URL", "URL", "コンテンツURL", "備考"),
)
"""The confirmed columns of sheet 12; the rest are GIF's names, provisional until the official sheet is at hand."""
POI = "1599"
"""Other educational and cultural facility. Source: GIF 491-3-1."""
DAYS = "月火水木金土日"
PREFECTURE = "群馬県"
KINDS = {Category.EVENT: "イベント", Category.WORKSHOP: "ワークショップ", Category.TRIAL: "体験会"}
UNSURE = {"hours": "利用可能曜日と時間", "closed_weekdays": "休館日", "address": "所在地", "phone": "電話番号"}
"""What this table says of columns nobody has confirmed."""
_ANSWERS = {Presence.YES: "有", Presence.NO: "無"}
_FLOOR = re.compile(r"(\d+)F$")


def identifier_of(code: str) -> str:
    """A code as letters and digits alone."""
    return re.sub(r"[^0-9A-Za-z]", "", code).upper()


def address_of(facility: FacilityView) -> dict[str, Cell]:
    """An address as a whole and in its parts, as far as they can be told."""
    street, _, building = facility.address.partition(" ")
    rest = street.removeprefix(PREFECTURE).removeprefix(facility.municipality_name)
    town = re.match(r"[^0-9０-９]*", rest)
    name = town.group() if town else ""
    return {
        "所在地_全国地方公共団体コード": facility.municipality_code,
        "所在地_連結表記": facility.address,
        "所在地_都道府県": PREFECTURE if street.startswith(PREFECTURE) else None,
        "所在地_市区町村": facility.municipality_name,
        "所在地_町字": name,
        "所在地_番地以下": rest.removeprefix(name),
        "建物名等(方書)": building,
    }


def facility_row(
    facility: FacilityView, hours: Sequence[WeekdayHours], access: Mapping[str, int], url: str
) -> list[Cell]:
    """A facility in the columns of the standard; what nobody knows stays empty, what nobody confirmed is noted."""
    mine = sorted((row for row in hours if row.facility_id == facility.id), key=lambda row: row.weekday)
    spans = {(row.opens, row.closes) for row in mine}
    said = [f"{DAYS[row.weekday - 1]} {row.opens:%H:%M}-{row.closes:%H:%M}" for row in mine] if len(spans) > 1 else []
    unsure = [
        said_as for name, said_as in UNSURE.items() if any(each.startswith(name) for each in facility.provisional)
    ]
    floor = _FLOOR.search(facility.address)
    row: dict[str, Cell] = {
        "全国地方公共団体コード": facility.body_code,
        "ID": identifier_of(facility.code),
        "地方公共団体名": facility.body_name,
        "名称": facility.name,
        "名称_英字": facility.names.get("en"),
        "POIコード": POI,
        **address_of(facility),
        "高度の種別": "階数" if floor else None,
        "高度の値": floor.group(1) if floor else None,
        "電話番号": facility.phone,
        "団体名": facility.body_name,
        "利用可能曜日": "".join(dict.fromkeys(DAYS[row.weekday - 1] for row in mine)),
        "開始時間": f"{min(row.opens for row in mine):%H:%M}" if mine else None,
        "終了時間": f"{max(row.closes for row in mine):%H:%M}" if mine else None,
        "利用可能時間特記事項": "、".join(said),
        **{
            COLUMNS[item]: _ANSWERS.get(Presence(access.get(item.value, Presence.UNKNOWN)))
            for item in AccessibilityItem
        },
        "URL": f"{url}/facilities/{facility.code}",
        "備考": f"暫定：{'、'.join(unsure)}" if unsure else None,
    }
    return [row.get(column) for column in PUBLIC_FACILITY]


def event_row(
    session: SessionView,
    facility: FacilityView,
    url: str,
    *,
    starts: datetime,
    ends: datetime,
    opens: datetime,
    closes: datetime,
) -> list[Cell]:
    """A published session that is an event, in the columns of the standard; instants are local ones."""
    row: dict[str, Cell] = {
        "全国地方公共団体コード": session.body_code,
        "ID": identifier_of(str(session.id)),
        "地方公共団体名": facility.body_name,
        "イベント名": session.title or session.program_name,
        "イベント名_英字": session.titles.get("en") if session.title else session.program_names.get("en"),
        "説明": session.note,
        "イベント種類": KINDS[Category(session.category)],
        "状態": "予定",
        "開催パターン": "1回",
        "開始日": f"{starts:%Y-%m-%d}",
        "終了日": f"{ends:%Y-%m-%d}",
        "開始時間": f"{starts:%H:%M}",
        "終了時間": f"{ends:%H:%M}",
        "場所名称": facility.name,
        **address_of(facility),
        "主催団体": facility.body_name,
        "定員": session.web_seats + session.walk_in_seats,
        "申込開始日": f"{opens:%Y-%m-%d}",
        "申込開始時刻": f"{opens:%H:%M}",
        "申込期限日": f"{closes:%Y-%m-%d}",
        "申込期限時刻": f"{closes:%H:%M}",
        "申込URL": f"{url}/sessions/{session.id}",
        "URL": f"{url}/sessions/{session.id}",
    }
    return [row.get(column) for column in EVENT]
