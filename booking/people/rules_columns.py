"""Which column of somebody's list says what: by the many names lists have for the same thing."""

from collections.abc import Sequence

from booking.kit.spreadsheet_columns import LOOKED_AT, Headings
from booking.people.errors_import import NamesNotFound

TITLES = {
    "family_name": "氏",
    "given_name": "名",
    "family_kana": "氏かな",
    "given_kana": "名かな",
    "latin_name": "ローマ字氏名",
    "birth_on": "生年月日",
    "grade": "学年",
    "municipality": "市町村",
    "school_name": "学校名",
    "assistance": "必要な配慮",
    "phone": "電話番号",
    "contact_name": "保護者氏名",
    "contact_relation": "続柄",
    "contact_phone": "緊急連絡先電話番号",
    "language": "ことば",
    "consent_on": "同意日",
}
"""The columns of the list to fill in, in its order."""

_SYNONYMS = {
    "full_name": """氏名 名前 お名前 児童氏名 児童名 生徒氏名 生徒名 利用者氏名 利用者名 本人氏名 子ども氏名
        子どもの名前 お子さまの名前 お子様のお名前 漢字氏名 氏名漢字 会員氏名 name fullname""",
    "full_kana": """ふりがな 氏名かな 氏名ふりがな かな よみ よみがな 読みがな 読み仮名 読みかた かな氏名
        名前かな 名前ふりがな お名前ふりがな 児童氏名かな 生徒氏名かな 利用者氏名かな 本人氏名かな kana fullkana""",
    "family_name": "氏 姓 名字 苗字 みょうじ 氏漢字 姓漢字 familyname lastname surname",
    "given_name": "名 下の名前 なまえ 名漢字 givenname firstname",
    "family_kana": "氏かな 氏ふりがな 姓かな 姓ふりがな せい 苗字かな みょうじかな familykana lastnamekana",
    "given_kana": "名かな 名ふりがな めい 下の名前かな givenkana firstnamekana",
    "latin_name": """ローマ字氏名 ローマ字 英字 英字氏名 氏名英字 氏名ローマ字 英語名 在留カードの名前 在留カード氏名
        アルファベット latinname latin romaji""",
    "birth_on": "生年月日 誕生日 生まれた日 生年月日和暦 生年月日西暦 birthon birthday birthdate dateofbirth dob",
    "grade": "学年 grade schoolyear",
    "municipality": """市町村 市町村名 市区町村 市区町村名 住んでいる市町村 居住市町村 居住地 お住まい 住所 自宅住所
        市町村コード 全国地方公共団体コード 団体コード municipality city address""",
    "school_name": "学校 学校名 在籍校 通学先 在学校 school schoolname",
    "assistance": "必要な配慮 配慮 配慮事項 特記事項 assistance",
    "phone": """電話 電話番号 tel 連絡先 連絡先電話番号 携帯 携帯電話 携帯電話番号 携帯番号 自宅電話 自宅電話番号
        保護者電話 保護者電話番号 保護者連絡先 保護者携帯 phone phonenumber telephone mobile""",
    "contact_name": """保護者 保護者氏名 保護者名 保護者の名前 緊急連絡先 緊急連絡先氏名 緊急連絡先名 緊急連絡先の名前
        guardian guardianname contactname""",
    "contact_relation": "続柄 保護者続柄 関係 本人との関係 緊急連絡先続柄 relation relationship",
    "contact_phone": "緊急連絡先電話番号 緊急連絡先電話 緊急連絡先番号 緊急電話番号 緊急電話 contactphone",
    "language": "ことば 言語 使用言語 母語 language",
    "consent_on": "同意日 同意年月日 同意書 同意書受領日 保護者同意日 同意書提出日 consenton consentdate",
}
HEADINGS = Headings(_SYNONYMS)
field_of = HEADINGS.field_of


def find_columns(rows: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]]:
    """The place of the row with the columns' names, and where each field stands; of two for one the first counts.

    Raises: NamesNotFound when no row among the first names a person's name.
    """
    for place, row in enumerate(rows[:LOOKED_AT]):
        columns = HEADINGS.columns_of(row)
        is_named = {"family_name", "given_name"} <= set(columns) or {"full_name", "latin_name"} & set(columns)
        if is_named and len(columns) > 1:
            return place, columns
    raise NamesNotFound
