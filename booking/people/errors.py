"""Every way people and households say no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class MemberNotFound(Refusal):
    """There is no such member, or not for whoever asks: both read the same."""

    code = "member-not-found"
    status = 404
    sentence = N_("この人の登録は見つかりませんでした。家族のページで、登録している人をたしかめてください。")


class HouseholdNeeded(Refusal):
    """The account has not said yet who it is."""

    code = "household-needed"
    status = 409
    sentence = N_("先に、あなたの電話番号を登録してください。そのあと、すぐにつづけられます。")


class HouseholdExists(Refusal):
    """The account has already said who it is."""

    code = "household-exists"
    status = 409
    sentence = N_("あなたの登録は、もうすんでいます。電話番号などは、家族のページで直せます。")


class TooManyMembers(Refusal):
    """One account has registered more people than a family has."""

    code = "too-many-members"
    status = 409
    sentence = N_("1つの家族で登録できるのは{limit}人までです。もっと必要なときは、受付の係の人に話してください。")


class RightMissing(Refusal):
    """The guardianship does not carry this right."""

    code = "right-missing"
    status = 403
    sentence = N_("この人について、あなたはこの操作をまかされていません。何も変わっていません。受付で変えられます。")


class GuardianNeeded(Refusal):
    """Too young to agree alone."""

    code = "guardian-needed"
    status = 422
    sentence = N_(
        "{years}歳になるまでは、おうちの人が登録します。おうちの人のメールでサインインするか、受付に来てください。"
    )


class ConsentNeeded(Refusal):
    """Nobody has agreed to the text."""

    code = "consent-needed"
    status = 422
    sentence = N_("読んだら、「同意します」にチェックを入れてください。同意がないと、登録できません。")


class ConsentTextChanged(Refusal):
    """The text that was read is not the one in force any more."""

    code = "consent-text-changed"
    status = 409
    sentence = N_("読んでいるあいだに、文が新しくなりました。新しい文を読んで、もう一度チェックを入れてください。")


class RegisteredAlready(Refusal):
    """The member is registered with this body."""

    code = "registered-already"
    status = 409
    sentence = N_("この運営への登録は、もうすんでいます。このまま予約できます。")


class SelfRegisteredAlready(Refusal):
    """An account is its own member once."""

    code = "self-registered-already"
    status = 409
    sentence = N_("あなた自身の登録は、もうすんでいます。このまま予約できます。")


class BodyUnknown(Refusal):
    """No such body, or none was chosen."""

    code = "body-unknown"
    status = 422
    sentence = N_("おもに行く場所を、1つえらんでください。")


class GuardianNotFound(Refusal):
    """No account with this address, or it is not a guardian of this member."""

    code = "guardian-not-found"
    status = 422
    sentence = N_(
        "このメールアドレスで登録した人は見つかりませんでした。先に一度、そのメールでサインインしてもらってください。"
    )


class GuardianIsStaff(Refusal):
    """A staff account must not be a guardian."""

    code = "guardian-is-staff"
    status = 422
    sentence = N_("職員のアカウントは、保護者にできません。その人の個人のメールアドレスを使ってください。")


class NameMissing(Refusal):
    """No name in any form."""

    code = "name-missing"
    status = 422
    sentence = N_("名前を書いてください。在留カードの名前のときは、ローマ字のらんだけでかまいません。")


class FamilyNameMissing(Refusal):
    """A given name alone."""

    code = "family-name-missing"
    status = 422
    sentence = N_("氏（みょうじ）も書いてください。")


class GivenNameMissing(Refusal):
    """A family name alone."""

    code = "given-name-missing"
    status = 422
    sentence = N_("名（なまえ）も書いてください。")


class RelationUnknown(Refusal):
    """Nothing that a guardian is to a child."""

    code = "relation-unknown"
    status = 422
    sentence = N_("子どもから見た続柄を、一覧から1つえらんでください。")


class KanaMissing(Refusal):
    """A name without its reading."""

    code = "kana-missing"
    status = 422
    sentence = N_("読みかたを、ひらがなで書いてください。")


class TextMissing(Refusal):
    """The name of somebody to reach is empty."""

    code = "text-missing"
    status = 422
    sentence = N_("名前が空です。名前を書いてください。")


class TextTooLong(Refusal):
    """Longer than we can print and show."""

    code = "text-too-long"
    status = 422
    sentence = N_("{limit}文字までで書いてください。いまは{length}文字です。")


class CharacterUnusable(Refusal):
    """Pictures, control characters and the like: they cannot be printed on a card."""

    code = "character-unusable"
    status = 422
    sentence = N_("「{character}」は、カードに印刷できない文字です。その文字をとってください。")


class WrongKana(Refusal):
    """A kanji where the reading belongs."""

    code = "wrong-kana"
    status = 422
    sentence = N_("「{character}」は漢字です。読みかたを、ひらがなで書いてください。")


class NotHiragana(Refusal):
    """Something else than kana where the reading belongs."""

    code = "not-hiragana"
    status = 422
    sentence = N_("「{character}」は、ひらがなではありません。読みかたを、ひらがなで書いてください。")


class NotLatin(Refusal):
    """Something else than Latin letters in a Latin name."""

    code = "not-latin"
    status = 422
    sentence = N_("「{character}」は、ローマ字ではありません。在留カードのとおりに、ローマ字で書いてください。")


class PhoneUnreadable(Refusal):
    """No telephone number can be read from this."""

    code = "phone-unreadable"
    status = 422
    sentence = N_("電話番号として読めませんでした。090-1234-5678 や 027-123-4567 のように書いてください。")


class BirthMissing(Refusal):
    """The day of birth is needed here."""

    code = "birth-missing"
    status = 422
    sentence = N_("生まれた日を、年・月・日で書いてください。")


class BirthUnreadable(Refusal):
    """No such day in the calendar."""

    code = "birth-unreadable"
    status = 422
    sentence = N_("この日は、カレンダーにありません。2013年 4月 2日 のように、数字で書いてください。")


class BirthImpossible(Refusal):
    """A day in the future or longer ago than people live."""

    code = "birth-impossible"
    status = 422
    sentence = N_("{year}年生まれと読めました。生まれた年を、西暦の4けたで書いてください。")


class GradeUnreadable(Refusal):
    """No such school year."""

    code = "grade-unreadable"
    status = 422
    sentence = N_("学年を、一覧から1つえらんでください。")


class MunicipalityUnknown(Refusal):
    """No such municipality in the list."""

    code = "municipality-unknown"
    status = 422
    sentence = N_("住んでいる市町村を、一覧からえらんでください。県外の人は「県外」をえらびます。")


class ChoiceUnknown(Refusal):
    """Not one of the things that can be chosen."""

    code = "choice-unknown"
    status = 422
    sentence = N_("一覧から1つえらんでください。")


class TooManyContacts(Refusal):
    """More emergency contacts than anybody calls."""

    code = "too-many-contacts"
    status = 422
    sentence = N_("緊急の連絡先は{limit}人までです。")


class NothingToChange(Refusal):
    """A change without content."""

    code = "nothing-to-change"
    status = 422
    sentence = N_("変えるところがありません。変えたいところを書いて、もう一度送ってください。")


class QualificationUnknown(Refusal):
    """There is no such qualification, or it is of another body."""

    code = "qualification-unknown"
    status = 404
    sentence = N_("この資格は、もう使われていません。一覧からえらんでください。")


class QualificationCodeTaken(Refusal):
    """Another qualification of the body has the code."""

    code = "qualification-code-taken"
    sentence = N_("この記号は、ほかの資格が使っています。別の記号にしてください。")


class QualificationCodeUnusable(Refusal):
    """Not a short name."""

    code = "qualification-code-unusable"
    status = 422
    sentence = N_("記号は、半角の英小文字・数字・ハイフンで、40文字までで書いてください。例：laser-1")


class QualificationHeld(Refusal):
    """The member holds it already."""

    code = "qualification-held"
    sentence = N_("この資格は、もう付けてあります。何も変わっていません。")


class SecondPersonNeeded(Refusal):
    """What is kept from everybody is shown only after a second member of staff agreed."""

    code = "second-person-needed"
    status = 403
    sentence = N_("この人の連絡先を見るには、もう1人の職員の確認が必要です。まだ何も見せていません。")


class SamePerson(Refusal):
    """The second person must be another one."""

    code = "same-person"
    status = 409
    sentence = N_("確認は、たのんだ人とは別の職員がします。ほかの職員に、この画面を開いてもらってください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "qualification_code_unique": QualificationCodeTaken,
    "member_qualification_live_unique": QualificationHeld,
    "guardianship_self_unique": SelfRegisteredAlready,
    "household_account_live_unique": HouseholdExists,
    "registration_live_unique": RegisteredAlready,
}
