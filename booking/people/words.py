"""What pages call school years, relations, channels and what is due."""

from booking.access.rules import Paper
from booking.kit.i18n import N_
from booking.notifications.rules import Topic
from booking.people.rules import SELF_RELATION, CallReason, Preferred, RemindAt
from booking.people.schemas import MemberView

GRADES = {
    1: N_("小学1年"),
    2: N_("小学2年"),
    3: N_("小学3年"),
    4: N_("小学4年"),
    5: N_("小学5年"),
    6: N_("小学6年"),
    7: N_("中学1年"),
    8: N_("中学2年"),
    9: N_("中学3年"),
    10: N_("高校1年"),
    11: N_("高校2年"),
    12: N_("高校3年"),
}
STAGES = {"preschool": N_("小学生になる前"), "adult": N_("おとな")}
RELATIONS = {
    "mother": N_("母"),
    "father": N_("父"),
    "grandparent": N_("祖父・祖母"),
    "sibling": N_("きょうだい"),
    "relative": N_("親せき"),
    "other": N_("そのほか"),
    SELF_RELATION: N_("本人"),
}
CHANNELS = {
    Preferred.MAIL: N_("メール"),
    Preferred.LINE: N_("LINE"),
    Preferred.PHONE: N_("電話"),
    Preferred.LETTER: N_("手紙"),
}
"""How a household can be told; each account is offered the ways that reach it."""
TOPICS = {
    Topic.BOOKED: N_("予約したとき、取り消したとき"),
    Topic.REMINDER: N_("予約の前のお知らせ"),
    Topic.VISIT: N_("着いたとき、帰ったとき"),
    Topic.CHANGE: N_("回の変更や、お休みのとき"),
}
REMIND_AT = {RemindAt.EVENING: N_("前の日の夕方6時"), RemindAt.MORNING: N_("その日の朝8時")}
PAPERS = {
    Paper.DRIVING_LICENCE: N_("運転免許証"),
    Paper.MY_NUMBER_CARD: N_("マイナンバーカード"),
    Paper.RESIDENCE_CARD: N_("在留カード"),
    Paper.PASSPORT: N_("パスポート"),
    Paper.OTHER: N_("ほかの書類"),
}
CALL_REASONS = {
    CallReason.MAIL_BACK: N_("メールがもどってきました。新しいアドレスを聞いてください。"),
    CallReason.LINE_BLOCKED: N_("LINEが届きません。ほかの連絡の方法を聞いてください。"),
    CallReason.NOT_TOLD: N_("伝えられなかったことがあります。電話で伝えてください。"),
    CallReason.MOVE_DENIED: N_(
        "アカウントを移したのは自分ではない、と前の連絡先から届きました。本人に確かめてください。"
    ),
}
DUE = {
    "consent": N_("同意書（紙）"),
    "birth_on": N_("生まれた日"),
    "kana": N_("読みかた"),
    "municipality": N_("住んでいる市町村"),
    "emergency_contact": N_("緊急の連絡先"),
}


def said_grade(member: MemberView) -> str:
    """The msgid of a member's school year today."""
    return grade_word(member.grade, member.school_stage)


def grade_word(grade: int | None, stage: str) -> str:
    """The msgid of a school year, or of the stage outside school."""
    return GRADES[grade] if grade is not None else STAGES.get(stage, STAGES["adult"])
