"""What staff read of units and ways of recording."""

from booking.kit.i18n import N_

UNITS = {"person_days": N_("延べ人日"), "person_sessions": N_("延べコマ"), "people": N_("実人数")}
HINTS = {
    "person_days": N_("1人が1日に1つの場所に来ると 1。同じ日は何回でも 1"),
    "person_sessions": N_("1人が1つの回に出るたびに 1"),
    "people": N_("年度に1回でも来た人を 1"),
}
ENTRIES = {
    "scan": N_("入口の端末で読み取り"),
    "staff": N_("係の人が入力"),
    "paper": N_("紙から入力"),
    "import": N_("取り込み"),
    "auto": N_("帰りの記録がなく、閉館で自動に閉じた"),
}
