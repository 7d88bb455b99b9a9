"""What a facility says about getting in and being helped: items of the national standards, how each is answered."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from booking.kit.i18n import N_


class Presence(IntEnum):
    """Whether there is something. Source: GIF DS-436, 有無コード."""

    NO = 0
    YES = 1
    NOT_PUBLISHED = 2
    UNKNOWN = 9


class AccessibilityItem(StrEnum):
    """What is asked, in the order of 公共施設一覧.

    Source: GIF DS-436 and 自治体標準オープンデータセット 01, 20260801.
    """

    WHEELCHAIR = "wheelchair"
    WHEELCHAIR_LOAN = "wheelchair-loan"
    CANE_LOAN = "cane-loan"
    ACCESSIBLE_TOILET = "accessible-toilet"
    RAMP_LIFT = "ramp-lift"
    TACTILE_PAVING = "tactile-paving"
    BRAILLE_READING = "braille-reading"
    ASSISTANCE_DOGS = "assistance-dogs"
    CAPTIONS = "captions"
    WRITING = "writing"
    PRIORITY_PARKING = "priority-parking"
    OSTOMATE_TOILET = "ostomate-toilet"
    NURSING_ROOM = "nursing-room"
    NAPPY_CHANGING = "nappy-changing"
    EATING = "eating"
    PUSHCHAIR_LOAN = "pushchair-loan"
    PUSHCHAIR = "pushchair"


COLUMNS = {
    AccessibilityItem.WHEELCHAIR: "車椅子可",
    AccessibilityItem.WHEELCHAIR_LOAN: "車椅子貸出",
    AccessibilityItem.CANE_LOAN: "ツエ貸出",
    AccessibilityItem.ACCESSIBLE_TOILET: "バリアフリートイレ",
    AccessibilityItem.RAMP_LIFT: "スロープ、エレベータ、エスカレータ",
    AccessibilityItem.TACTILE_PAVING: "点字ブロック等の移動支援",
    AccessibilityItem.BRAILLE_READING: "点字や読上による支援",
    AccessibilityItem.ASSISTANCE_DOGS: "盲導犬・介助犬、聴導犬同伴",
    AccessibilityItem.CAPTIONS: "字幕",
    AccessibilityItem.WRITING: "筆談対応",
    AccessibilityItem.PRIORITY_PARKING: "優先駐車場",
    AccessibilityItem.OSTOMATE_TOILET: "オストメイト対応トイレ",
    AccessibilityItem.NURSING_ROOM: "授乳室",
    AccessibilityItem.NAPPY_CHANGING: "おむつ替えコーナー",
    AccessibilityItem.EATING: "飲食可否",
    AccessibilityItem.PUSHCHAIR_LOAN: "ベビーカー貸出",
    AccessibilityItem.PUSHCHAIR: "ベビーカー利用",
}
"""What open data calls each."""

NAMES = {
    AccessibilityItem.WHEELCHAIR: N_("車いすで入れる"),
    AccessibilityItem.WHEELCHAIR_LOAN: N_("車いすを借りられる"),
    AccessibilityItem.CANE_LOAN: N_("つえを借りられる"),
    AccessibilityItem.ACCESSIBLE_TOILET: N_("バリアフリートイレ"),
    AccessibilityItem.RAMP_LIFT: N_("スロープかエレベーター"),
    AccessibilityItem.TACTILE_PAVING: N_("点字ブロックなどの案内"),
    AccessibilityItem.BRAILLE_READING: N_("点字や読み上げの手助け"),
    AccessibilityItem.ASSISTANCE_DOGS: N_("盲導犬・介助犬・聴導犬と入れる"),
    AccessibilityItem.CAPTIONS: N_("字幕"),
    AccessibilityItem.WRITING: N_("書いて話せる（筆談）"),
    AccessibilityItem.PRIORITY_PARKING: N_("優先の駐車場"),
    AccessibilityItem.OSTOMATE_TOILET: N_("オストメイト用のトイレ"),
    AccessibilityItem.NURSING_ROOM: N_("授乳室"),
    AccessibilityItem.NAPPY_CHANGING: N_("おむつを替える場所"),
    AccessibilityItem.EATING: N_("飲んだり食べたりできる"),
    AccessibilityItem.PUSHCHAIR_LOAN: N_("ベビーカーを借りられる"),
    AccessibilityItem.PUSHCHAIR: N_("ベビーカーで入れる"),
}
ANSWERS = {
    Presence.YES: N_("はい（あります）"),
    Presence.NO: N_("いいえ（ありません）"),
    Presence.NOT_PUBLISHED: N_("受付で聞いてください"),
    Presence.UNKNOWN: N_("まだわかりません"),
}
NOTE_LIMIT = 100


def in_order(kept: Mapping[AccessibilityItem, Presence]) -> list[tuple[AccessibilityItem, Presence]]:
    """Every item with its answer; nobody has asked yet where there is none."""
    return [(item, kept.get(item, Presence.UNKNOWN)) for item in AccessibilityItem]
