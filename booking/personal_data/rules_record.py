"""The 個人情報ファイル簿 of a body: which items are kept, and what its register says of the file.

The items are those of the very tables: every column with something about a person is named here, and a column that is
in no item is decided as saying nothing (tests/personal_data/decided_columns.py).
Source: 個人情報の保護に関する法律 第74条第1項・第75条第1項, 同施行令 第20条・第21条 (files of 1,000 persons and more).
"""

from collections.abc import Iterable

from booking.personal_data.rules_retention import Kept
from booking.personal_data.schemas_record import Item, Part, RecordPart
from booking.personal_data.schemas_retention import Term

THRESHOLD = 1_000
"""From how many persons on a body has to make and publish its register."""


def _of(*tables: str) -> dict[str, tuple[str, ...]]:
    """Columns by table, as `table: column column`."""
    return {name: tuple(columns.split()) for name, columns in (one.split(": ") for one in tables)}


ITEMS = (
    Item(
        name="会員番号",
        columns=_of(
            "member: number", "credential: login_name", "member_merged: member former number merged_at merged_by"
        ),
    ),
    Item(
        name="氏名、ふりがな、画面に出す名前",
        columns=_of("member: family_name given_name family_kana given_kana latin_name shown_name"),
    ),
    Item(name="生年月日", columns=_of("member: birth_on")),
    Item(
        name="学年、学校の段階、年齢の区分",
        columns=_of("member: grade_override grade_override_year", "visit: grade school_stage age_band"),
    ),
    Item(name="住所（市町村まで）", columns=_of("member: municipality", "visit: municipality_code")),
    Item(name="学校名", columns=_of("member: school_name")),
    Item(
        name="必要な配慮（本人か保護者が書いたときだけ）",
        is_sensitive=True,
        columns=_of(
            "member: assistance",
            "reservation: assistance helpers uses_wheelchair",
            "group_request: assistance wheelchairs",
        ),
    ),
    Item(
        name="世帯の電話番号、連絡の方法、使うことば",
        columns=_of(
            "member: household",
            "household: phone preferred language created_at",
            "household_account: household account role since_at ended_at",
        ),
    ),
    Item(name="緊急連絡先の氏名、続柄、電話番号", columns=_of("emergency_contact: member name relation phone rank")),
    Item(
        name="保護者などの氏名、メールアドレス、続柄、権利",
        columns=_of(
            "account: kind email name language created_at disabled_at",
            "guardianship: member account relation may_consent may_book is_told state created_at confirmed_at"
            " confirmed_by ended_at",
            "guardian_invite: member relation may_consent may_book is_told made_by made_at used_at used_by",
        ),
    ),
    Item(
        name="サインインの方法と記録",
        columns=_of(
            "credential: account kind failed_count locked_at created_at",
            "identity: account provider issuer subject linked_at used_at",
            "passkey: account name created_at used_at",
            "passkey_challenge: account",
            "sign_in: account created_at seen_at device ended_at",
            "sign_in_code: email account language",
            "sign_in_flow: account",
            "sign_in_link: account",
            "account_move: account moved_at moved_by paper stopped_at",
            "private_address: account read_at",
        ),
    ),
    Item(
        name="登録と同意（文の版、日時、紙か画面か）",
        columns=_of(
            "member: seen_at_desk_at created_at left_at",
            "registration: member body consent_text consented_by on_paper registered_at consented_at ended_at"
            " erased_as",
        ),
    ),
    Item(
        name="本人を守る設定と、見ることを認めた記録",
        columns=_of(
            "member: is_protected",
            "protected_viewer: member account named_by named_at ended_at",
            "member_disclosure: member asked_by asked_by_name asked_at agreed_by agreed_at shown_until",
            "member_resemblance: member resembles noticed_at settled_at settled_by",
        ),
    ),
    Item(
        name="資格（講習を受けたことなど）",
        columns=_of("member_qualification: member qualification valid_from_on valid_until_on granted_at revoked_at"),
    ),
    Item(
        name="入館パスとカード",
        columns=_of(
            "pass: member issued_at issued_by revoked_at revoked_by revoked_reason",
            "card_loan: card member lent_at lent_by returned_at",
        ),
    ),
    Item(
        name="予約、キャンセル待ち、抽選",
        columns=_of(
            "reservation: session member state order_id booked_at booked_by_kind booked_by overridden override_reason"
            " arrived_at cancelled_at cancelled_by released_at is_party moved_from offered_at offered_until waiting_at"
            " extended_at",
            "reservation_option: reservation option",
            "draw_entry: reservation number rank outcome",
        ),
    ),
    Item(
        name="毎週のグループへの申しこみ",
        columns=_of(
            "reservation: enrolment",
            "enrolment: group member state other_times enrolled_at enrolled_by_kind enrolled_by overridden"
            " override_reason ended_at ended_by",
            "group_move_answer: enrolment is_yes answered_at answered_by",
        ),
    ),
    Item(
        name="入館と退館の日時、場所、訂正",
        columns=_of(
            "person_key: member fiscal_year key",
            "visit: member person_key kind facility program session reservation visited_on entered_at left_at"
            " entered_by closed_by party voided_at",
            "visit_correction: visit kind at reason by_account made_at",
            "roll_call_mark: visit how marked_at by_account by_name",
        ),
    ),
    Item(
        name="入口での読み取り、整理券、気づき",
        columns=_of(
            "scan: member pass_id facility session happened_at direction answers"
            " verdict code answer flags by_account party",
            "turn: member facility session held_on number state taken_at called_at ended_at",
            "door_flag: member scan visit code detail raised_at resolved_at resolved_by",
            "kiosk_member: member member_key",
            "kiosk_member_former: member member_key",
        ),
    ),
    Item(
        name="使われなかった席のポイント",
        columns=_of("point: member reservation reason points given_at taken_back_at taken_back_by"),
    ),
    Item(
        name="お知らせの内容、送り先、設定",
        columns=_of(
            "message: reader about topic to_address language subject content sent_at",
            "notice_choice: account member topic is_on channel remind_at",
            "phone_call: account reason message topic asked_at done_at done_by",
        ),
    ),
    Item(
        name="団体で来る学校などの担当者の氏名、電話番号、メールアドレス",
        columns=_of(
            "group_request: account organisation contact_name email phone language note staff_note called",
            "group_arrival: members",
        ),
    ),
    Item(
        name="記録を見た職員と日時、操作の記録",
        columns=_of(
            "personal_data_view: occurred_at actor_kind actor_id member_id what scope by_list",
            "audit_entry: occurred_at actor_kind actor_id actor_name action subject_id scope reason overridden detail",
        ),
    ),
)
PARTS = (
    RecordPart(
        code=Part.NAME,
        title="個人情報ファイルの名称",
        shipped="デジタルクリエイティブ拠点 利用者登録・予約・入館ファイル",
    ),
    RecordPart(
        code=Part.OFFICE,
        title="個人情報ファイルが利用に供される事務をつかさどる組織の名称",
        shipped="（担当の課の名前を書いてください）",
    ),
    RecordPart(
        code=Part.PURPOSE,
        title="個人情報ファイルの利用目的",
        shipped="デジタルクリエイティブ拠点の予約、入館と退館の記録、災害など緊急のときの連絡、利用者数の集計のため。",
    ),
    RecordPart(
        code=Part.SCOPE,
        title="記録範囲",
        shipped="拠点の利用を登録した人、その保護者など、団体で来る学校などの担当者（登録をやめた人は、保存期間まで）。",
    ),
    RecordPart(
        code=Part.COLLECTION,
        title="記録情報の収集方法",
        shipped="本人か保護者が、画面か紙で書いたもの。入館と退館は、本人がパスを見せたとき、または職員の入力による。",
    ),
    RecordPart(
        code=Part.RECIPIENTS,
        title="記録情報の経常的提供先",
        shipped="なし（もう一方の団体の場所を使うときは、本人か保護者の同意を得て、名前、学年、連絡先を渡す）。",
    ),
    RecordPart(
        code=Part.DESK,
        title="開示請求等を受理する組織の名称及び所在地",
        shipped="（窓口の名前と住所を書いてください）",
    ),
    RecordPart(
        code=Part.PROCEDURE,
        title="訂正及び利用停止に関する他の法律又はこれに基づく命令の規定による特別の手続",
        shipped="なし",
    ),
    RecordPart(
        code=Part.RETENTION,
        title="記録情報の保存期間の定め",
        shipped="（保存期間を定めた規程の名前を書いてください）",
    ),
    RecordPart(code=Part.NOTE, title="備考", shipped="なし"),
)
BODY_TITLE = "行政機関等の名称"
ITEMS_TITLE = "記録項目"
SENSITIVE_TITLE = "要配慮個人情報が含まれるときは、その旨"
SENSITIVE = {
    True: "含む（必要な配慮。本人か保護者が書いたときだけ）",
    False: "含まない",
}
TERMS_TITLE = "記録情報の保存期間"
TERMS = {
    Kept.MEMBERS: "登録した人についての記録：最後の入館か予約から{months}か月",
    Kept.GROWN: "19歳になる年度を過ぎた人についての記録：その年度の終わりから{months}か月",
    Kept.ACCOUNTS: "サインインのためのアカウント：最後に使った日から{months}か月",
    Kept.MESSAGES: "お知らせの記録：作った日から{months}か月",
    Kept.DOOR: "入口での読み取りと、その人とのつながり：読み取った日から{months}か月",
    Kept.VIEWS: "記録を見た職員と日時：見た日から{months}か月",
    Kept.AUDIT: "操作の記録：操作した日から{months}か月",
}
PROVISIONAL = "（仮の期間）"
FILE_TITLE = "個人情報ファイルの種別"
FILE = "法第60条第2項第1号（電算処理ファイル）。同施行令第21条第7項に該当するファイル：無"
PERSONS_TITLE = "本人の数"
PERSONS = {
    True: "1,000人以上（作成と公表が必要です）",
    False: "1,000人未満（作成と公表の義務はありませんが、公表しています）",
}


def say_term(term: Term) -> str:
    """One class of data and how long it is kept."""
    return TERMS[term.kind].format(months=term.months) + (PROVISIONAL if term.provisional else "")


def is_sensitive(items: Iterable[Item]) -> bool:
    """Whether any item may hold data that ask for special care."""
    return any(one.is_sensitive for one in items)
