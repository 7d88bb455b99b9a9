"""Households, members, guardianships, registrations and consents."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.access.tables import Account
from booking.facilities.tables import Body, Municipality
from booking.kit.tables import day, document, flag, holds, identifier, instant, key, one_of, ref, small, text, whole
from booking.notifications.rules import Channel, Topic
from booking.people.rules import CallReason, GuardianshipState, HouseholdRole, Preferred, RemindAt


class Household(Table, tablename="household"):
    """One or more accounts and the members they look after. Every household has a telephone number and a language."""

    id = key()
    phone = text()
    preferred = text()
    language = text()
    created_at = instant()
    household_preferred_check = one_of("preferred", Preferred)


class HouseholdAccount(Table, tablename="household_account"):
    """An account's place in a household; at most one live row per account."""

    id = key()
    household = ref(Household)
    account = ref(Account)
    role = text()
    since_at = instant()
    ended_at = instant(null=True)
    household_account_role_check = one_of("role", HouseholdRole)
    household_account_pair_unique = Unique([household, account])


class Member(Table, tablename="member"):
    """A person who may visit. `number` has eight digits, the last one Damm; `shown_name` is what kiosk and card say.

    The desk may register somebody by name and school year alone: `birth_on` and `municipality` are then due later, and
    a member with neither day of birth nor school year is an adult.
    """

    id = key()
    number = text(unique=True)
    household = ref(Household)
    family_name = text()
    given_name = text()
    family_kana = text()
    given_kana = text()
    latin_name = text(null=True)
    shown_name = text()
    birth_on = day(null=True)
    grade_override = small(null=True)
    grade_override_year = small(null=True)
    municipality = ref(Municipality, null=True)
    school_name = text(null=True)
    assistance = text(null=True)
    is_protected = flag()
    seen_at_desk_at = instant(null=True)
    created_at = instant()
    left_at = instant(null=True)
    member_number_check = holds("number ~ '^[0-9]{8}$'")
    member_grade_check = holds(
        "(grade_override is null) = (grade_override_year is null)"
        " and (grade_override is null or grade_override between 1 and 12)"
    )
    member_name_check = holds("latin_name is not null or (family_name <> '' and given_name <> '')")


class ProtectedViewer(Table, tablename="protected_viewer"):
    """An account named by staff that still sees a protected member."""

    id = key()
    member = ref(Member)
    account = ref(Account)
    named_by = identifier()
    named_at = instant()
    ended_at = instant(null=True)
    protected_viewer_pair_unique = Unique([member, account])


class Guardianship(Table, tablename="guardianship"):
    """One account's rights over one member."""

    id = key()
    member = ref(Member)
    account = ref(Account)
    relation = text()
    may_consent = flag(default=True)
    may_book = flag(default=True)
    is_told = flag(default=True)
    state = text()
    created_at = instant()
    confirmed_at = instant(null=True)
    confirmed_by = identifier(null=True)
    ended_at = instant(null=True)
    guardianship_state_check = one_of("state", GuardianshipState)
    guardianship_pair_unique = Unique([member, account])


class GuardianInvite(Table, tablename="guardian_invite"):
    """A link with which somebody becomes a guardian by whatever way they sign in; once. Only its digest is kept.

    `by_desk`: the desk has seen them, so they are confirmed at once.
    """

    id = key()
    member = ref(Member)
    token_digest = text(unique=True)
    relation = text()
    may_consent = flag()
    may_book = flag()
    is_told = flag()
    by_desk = flag()
    made_by = identifier()
    made_at = instant()
    expires_at = instant()
    used_at = instant(null=True)
    used_by = identifier(null=True)


class NoticeChoice(Table, tablename="notice_choice"):
    """What one account wants to be told about one member, where it is not everything on the household's channel."""

    id = key()
    account = ref(Account)
    member = ref(Member)
    topic = text()
    is_on = flag(default=True)
    channel = text(null=True)
    remind_at = text(null=True)
    notice_choice_topic_check = one_of("topic", Topic)
    notice_choice_channel_check = one_of("channel", Channel)
    notice_choice_remind_at_check = one_of("remind_at", RemindAt)
    notice_choice_unique = Unique([account, member, topic])


class PhoneCall(Table, tablename="phone_call"):
    """The desk is to phone whoever an account belongs to; `message` is what could not be told."""

    id = key()
    account = ref(Account)
    reason = text()
    message = identifier(null=True, index=True)
    topic = text(null=True)
    body_code = text(null=True)
    asked_at = instant(index=True)
    done_at = instant(null=True)
    done_by = identifier(null=True)
    phone_call_reason_check = one_of("reason", CallReason)
    phone_call_topic_check = one_of("topic", Topic)


class Resemblance(Table, tablename="member_resemblance"):
    """A silent note to staff that two members may be one person. Whoever registered them is never told."""

    id = key()
    member = ref(Member)
    resembles = ref(Member)
    noticed_at = instant()
    settled_at = instant(null=True)
    settled_by = identifier(null=True)
    member_resemblance_pair_unique = Unique([member, resembles])


class MergedMember(Table, tablename="member_merged"):
    """A second record of a member that became one with it: its number still leads to the member, and nobody gets it."""

    id = key()
    member = ref(Member)
    former = identifier()
    number = text(unique=True)
    merged_at = instant()
    merged_by = identifier(null=True)
    member_merged_former_unique = Unique([former])


class Disclosure(Table, tablename="member_disclosure"):
    """One member of staff asks to see what is kept about a protected member, another one agrees."""

    id = key()
    member = ref(Member)
    asked_by = identifier()
    asked_by_name = text()
    asked_at = instant()
    agreed_by = identifier(null=True)
    agreed_at = instant(null=True)
    shown_until = instant(null=True)
    member_disclosure_second_check = holds("agreed_by is null or agreed_by <> asked_by")


class EmergencyContact(Table, tablename="emergency_contact"):
    """Whom to call, in order."""

    id = key()
    member = ref(Member)
    name = text()
    relation = text()
    phone = text()
    rank = small(default=1)


class ConsentText(Table, tablename="consent_text"):
    """What people of a body agree to; versions are never changed, only followed. `translations`: language → text.

    Under `guardian_below_years` somebody else must agree. Source: PPC paper of 2026-01-09 (under 16), to be confirmed.
    """

    id = key()
    body = ref(Body)
    version = whole()
    valid_from_on = day()
    guardian_below_years = small(default=16)
    text_ja = text()
    translations = document()
    provisional = flag()
    consent_text_version_unique = Unique([body, version])


class Registration(Table, tablename="registration"):
    """A member is registered with a body, under a text somebody agreed to. One live row per member and body.

    `consented_at` is empty while the desk still waits for the signed paper of somebody it registered in a minute.
    Of somebody erased it keeps from when until when, under `erased_as`: a random id of that person's registrations, so
    that those of a past day are still counted by person.
    """

    id = key()
    member = ref(Member, null=True)
    erased_as = identifier(null=True)
    body = ref(Body)
    consent_text = ref(ConsentText)
    consented_by = ref(Account, null=True)
    on_paper = flag()
    registered_at = instant()
    consented_at = instant(null=True)
    ended_at = instant(null=True)


class MemberImport(Table, tablename="member_import"):
    """A list of registrants somebody handed in. `content`, sealed, is forgotten at the commit or an hour later; the
    report has row numbers and reasons, never what a row says. `made`: how many members it became.
    """

    id = key()
    body = ref(Body)
    digest = text()
    content = text(null=True)
    report = document()
    uploaded_by = identifier(null=True)
    uploaded_at = instant(index=True)
    committed_at = instant(null=True)
    made = whole(null=True)


class PersonKey(Table, tablename="person_key"):
    """The random key under which a member's visits of one fiscal year are counted. Destroyed at erasure."""

    id = key()
    member = ref(Member)
    fiscal_year = small()
    key = identifier()
    person_key_year_unique = Unique([member, fiscal_year])
    person_key_key_unique = Unique([key])


class Qualification(Table, tablename="qualification"):
    """A tag that staff of a body grant: may use the laser cutter, has done the first level."""

    id = key()
    body = ref(Body)
    code = text()
    name = text()
    names = document()
    ended_on = day(null=True)
    qualification_code_unique = Unique([body, code])


class MemberQualification(Table, tablename="member_qualification"):
    """A member holds a qualification from a day on, perhaps until a day, unless it was taken back."""

    id = key()
    member = ref(Member)
    qualification = ref(Qualification)
    valid_from_on = day()
    valid_until_on = day(null=True)
    granted_at = instant()
    granted_by = identifier()
    revoked_at = instant(null=True)
