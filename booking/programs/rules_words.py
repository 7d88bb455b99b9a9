"""How programs are said to staff: categories, brands, school years."""

from booking.facilities.rules import Brand
from booking.kit.i18n import N_
from booking.programs.rules import Category, SessionState

CATEGORIES = {
    Category.DROP_IN: N_("自由に来る時間"),
    Category.GROUP: N_("毎週のグループ"),
    Category.WORKSHOP: N_("ワークショップ"),
    Category.LAB: N_("ラボ"),
    Category.TRIAL: N_("体験会"),
    Category.SEMINAR: N_("講座"),
    Category.EVENT: N_("イベント"),
}
BRANDS = {Brand.TUMO: "TUMO", Brand.TSUKURUN: "tsukurun"}
STATES = {
    SessionState.DRAFT: ("few", N_("下書き")),
    SessionState.PUBLISHED: ("open", N_("公開中")),
    SessionState.CANCELLED: ("closed", N_("取り消し")),
}
GRADES = {
    1: N_("小1"),
    2: N_("小2"),
    3: N_("小3"),
    4: N_("小4"),
    5: N_("小5"),
    6: N_("小6"),
    7: N_("中1"),
    8: N_("中2"),
    9: N_("中3"),
    10: N_("高1"),
    11: N_("高2"),
    12: N_("高3"),
}
