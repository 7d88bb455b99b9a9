"""What a record that is handed over leaves out and why, which office hands it over, and who may take one home.

Source: 個人情報の保護に関する法律 第76条〜第78条 (what is about others, or could harm somebody, is left out).
"""

from collections.abc import Mapping
from datetime import date

from booking.people.rules import SELF_RELATION, age, is_of_age
from booking.people.schemas import MemberView, RightsView
from booking.personal_data.errors_taking import RecordNeedsDesk, RecordNeedsGuardian, RecordOfAdult
from booking.personal_data.schemas_disclosing import Held

LEFT_OUT: Mapping[str, str] = {
    **dict.fromkeys(
        ("account_move", "guardian_invite", "household_account", "phone_call"),
        "見守る人（ほかの人）のアカウントのことなので、その人が求めたときに出します。",
    ),
    **dict.fromkeys(
        ("member_disclosure", "member_resemblance", "protected_viewer"),
        "人を守るための記録で、ほかの人のことが分かるので、出しません。",
    ),
    **dict.fromkeys(
        ("idempotency_key", "passkey_challenge", "private_address", "sign_in_code", "sign_in_flow", "sign_in_link"),
        "サインインや送信のための短い間の印で、この人についての内容はありません。",
    ),
    "person_key": "人数を数えるための、意味のない年度ごとの番号です。出すと、名前のない統計の行と結び付けられます。",
    "group_arrival": "団体の人数だけで、だれのことかは入っていません。",
    "group_request": "学校などの申しこみで、会員のことは入っていません。",
}
NOT_INSIDE = (
    "ほかの人の名前、電話番号、メールアドレス（見守る人、緊急の連絡先、職員）",
    "パスやカードのコード、PIN、パスキーの鍵",
    "人を守るための設定と、その記録",
    "送ったお知らせの文（送って何日かすると消えます）",
    "人数を数えるための、意味のない年度ごとの番号",
)
"""What the paper says is not in it."""
NOT_OURS = (
    "登録の内容、家の連絡先、見守る人、アカウント、パス（この団体の登録は終わり、いまはほかの団体が持っています）"
)
"""And this, when another body goes on keeping what is no one body's."""


def held_by(member: MemberView, registered: Mapping[str, bool], bodies: frozenset[str] | None) -> Held | None:
    """What an office of these bodies (None: all) answers for; None when it never had the member.

    `registered`: the bodies that have, or had, registered the member, and whether each still has. An office whose
    registration has ended answers for what is still kept; of a protected member it is told of nobody. What is no one
    body's goes with a live registration; when there is none left, with whoever had one.
    """
    ours = tuple(code for code in registered if bodies is None or code in bodies)
    is_over = not any(registered[code] for code in ours)
    if bodies is not None and (not ours or (is_over and member.is_protected)):
        return None
    shows_facts = not is_over or not any(registered.values())
    return Held(member=member, bodies=ours, is_over=is_over, shows_facts=shows_facts)


def require_taker(rights: RightsView | None, birth_on: date | None, today: date, years: int) -> None:
    """Whether an account may take the record of a member home: oneself above the age, a guardian the desk has seen.

    A guardian does so until the member comes of age; where no day of birth is known, as before.

    Raises: RecordOfAdult, RecordNeedsDesk, RecordNeedsGuardian.
    """
    if rights is not None and rights.relation != SELF_RELATION and is_of_age(birth_on, today):
        raise RecordOfAdult
    if rights is None or not rights.is_confirmed or not rights.may_consent:
        raise RecordNeedsDesk
    if rights.relation == SELF_RELATION and (birth_on is None or age(birth_on, today) < years):
        raise RecordNeedsGuardian(years=years)
