"""The kinds of what is kept about a person, as a record that is handed over says them.

Japanese, as the law's procedure is. `tables` names what a kind is read from; a table that could say something about a
person and is in no kind is left out with its reason (rules_disclosing, tests/personal_data/test_disclosing_rules.py).
"""

from booking.personal_data.schemas_disclosing import Kind


def _said(pairs: str) -> dict[str, str]:
    """Names and the words beside them, as `name words, name words`."""
    return dict(one.split(" ", 1) for one in pairs.split(", "))


CHANNELS = _said("mail メール, line LINE, phone 電話, letter 手紙")
RELATIONS = _said(
    "mother 母, father 父, grandparent 祖父・祖母, sibling きょうだい, relative 親せき, other そのほか, self 本人"
)
ACTORS = _said("account 利用者, staff 職員, token プログラム, kiosk 受付機, system 自動, nobody サインインしていない人")
BOOKED = _said(
    "applied 抽選に申しこみ, waiting 待っている, offered 席をとってある, "
    "confirmed 予約, arrived 来た, cancelled 取り消し, "
    "expired 返事がなかった, not-drawn はずれ, released 来なかった"
)
DEEDS = _said(
    "member-added 登録した, member-registered 受付で登録した, member-started スマホで登録を始めた, "
    "member-changed 登録を直した, member-seen 受付で本人をたしかめた, grade-set 学年を設定した, "
    "registered-with-body 団体に登録した, registered-on-paper 紙の同意書を受け取った, "
    "registered-at-visit 来たときに団体に登録した, registration-ended 団体の登録を終えた, card-set PINを設定した, "
    "card.lend カードを貸した, pass.print カードを印刷した, record.exported 記録をわたした, "
    "visit.anyway 決まりとちがう入館を記録した"
)
"""Of the audit trail about a person, what may be told to whoever asks: nothing that shows whom the person is kept from
or who else asked."""
TOPICS = _said("booked 予約, reminder 予約の前, visit 着いたとき、帰ったとき, change 変更")
YES = {True: "はい", False: "いいえ"}
KINDS = (
    Kind(
        code="member",
        title="本人",
        tables=("member",),
        columns=_said(
            "number 会員番号, family_name 氏, given_name 名, family_kana 氏の読み, given_kana 名の読み, "
            "latin_name ローマ字の名前, shown_name 画面に出す名前, "
            "birth_on 生まれた日, grade_override 職員が設定した学年, "
            "grade_override_year 設定した年度, municipality 市町村, school_name 学校, assistance 必要な配慮, "
            "seen_at_desk_at 受付でたしかめた時刻, created_at 登録した時刻, left_at 登録を終えた時刻"
        ),
    ),
    Kind(
        code="former",
        title="前の会員番号",
        tables=("member_merged",),
        columns=_said("number 会員番号, merged_at 1つにまとめた時刻"),
    ),
    Kind(
        code="home",
        title="家の連絡先",
        tables=("household",),
        columns=_said("phone 電話番号, preferred お知らせの方法, language ことば, created_at 登録した時刻"),
        words={
            "preferred": CHANNELS,
        },
    ),
    Kind(
        code="contacts",
        title="緊急の連絡先",
        tables=("emergency_contact",),
        columns=_said("rank 順番, relation 続柄"),
        words={
            "relation": RELATIONS,
        },
    ),
    Kind(
        code="guardians",
        title="見守る人",
        tables=("guardianship",),
        columns=_said(
            "relation 続柄, is_asker この記録を受けとる人, may_consent 同意する, may_book 予約する, is_told 知らせる, "
            "state 受付での確認, created_at はじめ, confirmed_at 確認した時刻"
        ),
        words={
            "relation": RELATIONS,
            "state": _said("claimed まだ, confirmed 済み"),
        },
    ),
    Kind(
        code="own_account",
        title="本人のアカウント",
        tables=("account", "credential", "passkey", "identity"),
        columns=_said(
            "name 名前, email メールアドレス, language ことば, created_at 作った時刻, has_pin PINがある, "
            "passkeys パスキーの数, providers つないだサインイン"
        ),
    ),
    Kind(
        code="sign_ins",
        title="本人のサインイン",
        tables=("sign_in",),
        columns=_said("created_at サインインした時刻, seen_at 最後に使った時刻, ended_at 終えた時刻"),
    ),
    Kind(
        code="consents",
        title="登録と同意",
        tables=("registration",),
        columns=_said(
            "body 団体, version 文の版, on_paper 紙, registered_at 登録した時刻, consented_at 同意した時刻, "
            "ended_at 終えた時刻"
        ),
    ),
    Kind(
        code="notices",
        title="お知らせの設定",
        tables=("notice_choice",),
        columns=_said("topic 種類, is_on 受けとる, channel 方法, remind_at 前もっての時刻"),
        words={
            "topic": TOPICS,
            "channel": CHANNELS,
            "remind_at": _said("evening 前の日の夕方, morning その日の朝"),
        },
    ),
    Kind(
        code="qualifications",
        title="資格",
        tables=("member_qualification",),
        columns=_said(
            "qualification 資格, body 団体, valid_from_on はじめの日, valid_until_on この日の前まで, "
            "granted_at 付けた時刻, revoked_at 外した時刻"
        ),
    ),
    Kind(
        code="passes",
        title="入館パス",
        tables=("pass",),
        columns=_said(
            "issued_at 作った時刻, valid_from_at はじめ, valid_until この時刻の前まで, revoked_at 止めた時刻, "
            "revoked_reason 止めたわけ"
        ),
        words={
            "revoked_reason": _said("lost なくした, expired 期限が来た, replaced 新しくした"),
        },
    ),
    Kind(
        code="cards",
        title="貸したカード",
        tables=("card_loan",),
        columns=_said("label カード, lent_at 貸した時刻, until_at いつまで, returned_at 返した時刻"),
    ),
    Kind(
        code="bookings",
        title="予約",
        tables=("reservation", "reservation_option"),
        columns=_said(
            "facility 施設, program プログラム, starts_at はじまり, ends_at おわり, state 状態, "
            "booked_at 予約した時刻, booked_by_kind だれが予約したか, "
            "options いっしょに使うもの, assistance 必要な配慮, "
            "helpers 付きそい, uses_wheelchair 車いす, overridden 例外にした決まり, override_reason 例外の理由, "
            "arrived_at 来た時刻, waiting_at 待ちはじめ, "
            "offered_until 席をとってある時刻, cancelled_at 取り消した時刻, "
            "released_at 席を空けた時刻"
        ),
        words={
            "state": BOOKED,
            "booked_by_kind": ACTORS,
        },
    ),
    Kind(
        code="draws",
        title="抽選",
        tables=("draw_entry",),
        columns=_said("facility 施設, program プログラム, starts_at はじまり, number 番号, rank 順位, outcome 結果"),
        words={
            "outcome": _said("won 当たり, waiting 待つ列"),
        },
    ),
    Kind(
        code="enrolments",
        title="毎週のグループ",
        tables=("enrolment", "group_move_answer"),
        columns=_said(
            "facility 施設, group グループ, state 状態, enrolled_at 申しこんだ時刻, other_times ほかに来られる時間, "
            "override_reason 例外の理由, ended_at 終えた時刻, answers 変更への答え"
        ),
        words={
            "state": _said("enrolled 入っている, waiting 待っている, left やめた, moved 移った, ended 終わった"),
        },
    ),
    Kind(
        code="visits",
        title="入館",
        tables=("visit",),
        columns=_said(
            "facility 施設, program プログラム, entered_at 入った時刻, left_at 帰った時刻, entered_by 入館の記録, "
            "closed_by 退館の記録, grade 学年, school_stage 学校の段階, age_band 年れいの区分, municipality 市町村, "
            "voided_at 取り消した時刻"
        ),
        words={
            "school_stage": _said(
                "preschool 小学生になる前, elementary 小学生, junior-high 中学生, high 高校生, adult おとな"
            ),
            "entered_by": _said("scan 受付機, staff 職員, paper 紙から, import 取りこみ"),
            "closed_by": _said("scan 受付機, move ほかの場所に入った, auto 閉館で自動, staff 職員"),
        },
    ),
    Kind(
        code="corrections",
        title="入館の訂正",
        tables=("visit_correction",),
        columns=_said("facility 施設, visited_on 入館の日, kind 訂正, at 時刻, reason 理由, made_at 訂正した時刻"),
        words={
            "kind": _said("void 取り消し, set-exit 退館の時刻, add 追加, merge 2つの記録をまとめた"),
        },
    ),
    Kind(
        code="scans",
        title="入口での読み取り",
        tables=("scan",),
        columns=_said(
            "facility 施設, happened_at 時刻, shown 見せたもの, direction 向き, verdict 答え, code 答えの種類, "
            "offline ネットワークなし"
        ),
        words={
            "shown": _said("pass パス, number 番号, heads 人数"),
            "direction": _said("in 入る, out 帰る, auto 自動"),
            "verdict": _said("welcome ようこそ, goodbye またね, ask たずねた, refused 入れなかった"),
        },
    ),
    Kind(
        code="turns",
        title="整理券",
        tables=("turn",),
        columns=_said(
            "facility 施設, held_on 日, number 番号, state 状態, taken_at とった時刻, called_at 呼んだ時刻, "
            "ended_at 終えた時刻"
        ),
        words={
            "state": _said("waiting 待っている, called 呼んだ, entered 入った, missed 来なかった, given-up やめた"),
        },
    ),
    Kind(
        code="flags",
        title="入口の気づき",
        tables=("door_flag",),
        columns=_said("facility 施設, code 種類, raised_at 気づいた時刻, resolved_at たしかめた時刻"),
        words={
            "code": _said(
                "clock-wrong 受付機の時計のずれ, unlisted 受付機の一覧になかった, already-inside もう中にいた, "
                "not-inside 入った記録がなかった, pass-shared 短い間に2度向きが変わった, "
                "disagreement 受付機とサービスの判断のちがい, "
                "roll-call-not-inside 点呼のとき入館の記録がなかった, staff-override 決まりとちがう入館, "
                "first-visit はじめての入館"
            ),
        },
    ),
    Kind(
        code="roll_calls",
        title="点呼",
        tables=("roll_call_mark",),
        columns=_said("facility 施設, how 印, marked_at 時刻"),
        words={
            "how": _said("safe 無事, handed-over 引きわたした, open 印を外した"),
        },
    ),
    Kind(
        code="points",
        title="ポイント",
        tables=("point",),
        columns=_said("body 団体, reason わけ, points ポイント, given_at 付いた時刻, taken_back_at 取り消した時刻"),
        words={
            "reason": _said("no-show 来なかった, late-cancel まぎわの取り消し"),
        },
    ),
    Kind(
        code="messages",
        title="送ったお知らせ",
        tables=("message",),
        columns=_said("topic 種類, channel 方法, state 状態, created_at 作った時刻, sent_at 送った時刻"),
        words={
            "topic": TOPICS,
            "channel": CHANNELS,
            "state": _said(
                "queued これから, sent 送った, failed 送れなかった, dropped 送るのをやめた, unwanted 受けとらない設定, "
                "unreachable 届く先がなかった"
            ),
        },
    ),
    Kind(
        code="kiosks",
        title="この人が名簿にのった受付機",
        tables=("kiosk_member", "kiosk_member_former"),
        columns=_said("kiosk 受付機, facility 施設"),
    ),
    Kind(
        code="views",
        title="この人の記録を見た記録",
        tables=("personal_data_view",),
        columns=_said("occurred_at 時刻, actor_kind だれが, office どこの, by_list 一覧の中で"),
        words={
            "actor_kind": ACTORS,
        },
    ),
    Kind(
        code="deeds",
        title="操作の記録",
        tables=("audit_entry",),
        columns=_said("occurred_at 時刻, actor_kind だれが, office どこの, action 何を, reason わけ"),
        words={
            "actor_kind": ACTORS,
            "action": DEEDS,
        },
    ),
)
