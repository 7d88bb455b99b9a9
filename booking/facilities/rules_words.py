"""How days, closing rules and disagreements are said to people."""

from booking.facilities.rules import ClosingKind, ClosingNowReason, Conflict, FacilityKind, OnHoliday, Reason
from booking.kit.i18n import N_

KINDS = {FacilityKind.HUB: N_("拠点"), FacilityKind.SATELLITE: N_("サテライト")}
REASONS = {
    Reason.REGULAR: N_("いつもの時間"),
    Reason.OPENED: N_("臨時の開館"),
    Reason.CLOSED: N_("臨時の休み"),
    Reason.WEEKLY: N_("決まった休みの曜日"),
    Reason.MOVED: N_("祝日から移した休み"),
    Reason.HOLIDAY: N_("祝日の休み"),
    Reason.AFTER_HOLIDAY: N_("祝日のあとの休み"),
    Reason.YEARLY: N_("年末年始など毎年の休み"),
    Reason.NO_HOURS: N_("開館時間の決まりなし"),
    Reason.NOT_YET: N_("まだ開いていない施設"),
    Reason.ENDED: N_("終わった施設"),
}
CONFLICTS = {
    Conflict.RULES_DISAGREE: N_("開ける決まりと、休みにする決まりの両方があります。"),
    Conflict.MOVED_ONTO_HOLIDAY: N_("祝日から移した休みが、また祝日に当たります。"),
    Conflict.MOVED_ONTO_CLOSED: N_("祝日から移した休みが、ほかの休みと重なります。"),
    Conflict.AFTER_HOLIDAY_ON_HOLIDAY: N_("祝日のあとの休みが、また祝日に当たります。"),
}
RULE_KINDS = {
    ClosingKind.WEEKLY: N_("曜日で休む"),
    ClosingKind.HOLIDAY: N_("祝日に休む"),
    ClosingKind.AFTER_HOLIDAY: N_("祝日のあとに休む"),
    ClosingKind.YEARLY: N_("毎年同じ期間に休む"),
}
ON_HOLIDAY = {
    OnHoliday.STAY_CLOSED: N_("祝日でも休む"),
    OnHoliday.OPEN: N_("祝日なら開ける"),
    OnHoliday.NEXT_DAY: N_("祝日なら開けて、次の日に休む"),
    OnHoliday.NEXT_WEEKDAY: N_("祝日なら開けて、次の平日に休む"),
}
PROVISIONAL = {
    "capacity": N_("同時に入れる人数"),
    "hours": N_("開館時間"),
    "opened_on": N_("開館した日"),
}
CLOSING_NOW = {
    ClosingNowReason.EARTHQUAKE: N_("地震"),
    ClosingNowReason.FIRE_ALARM: N_("火災報知器"),
    ClosingNowReason.WEATHER: N_("大雨・大雪などの天気"),
    ClosingNowReason.POWER: N_("停電・設備の故障"),
    ClosingNowReason.ILLNESS: N_("感染症など"),
    ClosingNowReason.OTHER: N_("急な事情"),
}
"""Chosen, not typed: guardians read them in their own language."""
