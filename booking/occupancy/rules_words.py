"""What staff read of the history: school stages, names of tables."""

from booking.kit.i18n import N_

STAGES = {
    "preschool": N_("就学前"),
    "elementary": N_("小学生"),
    "junior-high": N_("中学生"),
    "high": N_("高校生"),
    "adult": N_("大人"),
    "": N_("わからない"),
}
OUTSIDE = {"facility": "", "program": N_("プログラムの外で来た"), "municipality": N_("わからない")}
"""Whoever has no program or municipality."""
TABLES = {
    "facility": (N_("場所ごと"), N_("場所")),
    "program": (N_("プログラムごと"), N_("プログラム")),
    "school_stage": (N_("学校の段階ごと"), N_("段階")),
    "municipality": (N_("住んでいる市町村ごと"), N_("市町村")),
}
HEAT = N_("曜日と時間ごとの利用者")
ARRIVALS = N_("来た時間ごとの利用者")
MONTHS = N_("月ごとの延べ人日")
SEATS = N_("席の使われ方")
SEAT_ROWS = {
    "sessions": N_("終わった回"),
    "seats": N_("用意した席"),
    "used": N_("使われた席"),
    "booked": N_("予約"),
    "no_shows": N_("予約して来なかった"),
    "cancelled": N_("本人が取り消した"),
}
RATES = {
    "used_permille": N_("席の利用率"),
    "no_show_permille": N_("来なかった割合"),
    "cancelled_permille": N_("取り消しの割合"),
}
PEOPLE = N_("はじめての人と、また来た人")
FIRST_TIME, RETURNING = N_("その年度にはじめて来た"), N_("その年度の2回目から")
FLOW = N_("TUMOからtsukurunへ")
FLOW_ROWS = {"tumo": N_("TUMOに来た人"), "then_tsukurun": N_("そのあとtsukurunに来た人")}
COURSE = N_("今日の流れ")
TODAY, USUAL = N_("今日"), N_("いつものこの曜日")
THIS, BEFORE = N_("この期間"), N_("前の年の同じ日")
