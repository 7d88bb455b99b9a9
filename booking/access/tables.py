"""Accounts, sign-ins, roles, tokens, and the two logs nobody may change: audit and personal data viewed.

A scope is the code of a body or facility as text, or null for everything: this room knows no place.
"""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.access.rules import AccountKind, CredentialKind, LinkPurpose, Paper, ProviderKind, Role
from booking.kit.tables import (
    big,
    document,
    flag,
    holds,
    identifier,
    instant,
    key,
    one_of,
    ref,
    small,
    text,
    texts,
    whole,
)


class Account(Table, tablename="account"):
    """Somebody who can sign in. Mail addresses are stored folded to lower case."""

    id = key()
    kind = text()
    email = text(null=True, unique=True)
    name = text()
    language = text()
    created_at = instant()
    disabled_at = instant(null=True)
    account_kind_check = one_of("kind", AccountKind)
    account_email_check = holds("email is null or email = lower(email)")


class Credential(Table, tablename="credential"):
    """A PIN (argon2id digest, found by `login_name`) or a TOTP secret (sealed)."""

    id = key()
    account = ref(Account)
    kind = text()
    login_name = text(null=True, unique=True)
    secret = text()
    failed_count = small(default=0)
    locked_at = instant(null=True)
    last_counter = big(null=True)
    created_at = instant()
    credential_kind_check = one_of("kind", CredentialKind)
    credential_account_kind_unique = Unique([account, kind])


class SignInCode(Table, tablename="sign_in_code"):
    """A code mailed to an address. It dies when used, when it expires, or after five wrong guesses.

    With an `account` it signs nobody in: it proves an address which that account wants to have.
    """

    id = key()
    account = ref(Account, null=True)
    email = text(index=True)
    code_digest = text()
    device_digest = text(index=True)
    language = text()
    created_at = instant()
    expires_at = instant()
    wrong_count = small(default=0)
    used_at = instant(null=True)


class SignInLink(Table, tablename="sign_in_link"):
    """A one-time link; only its digest is kept."""

    id = key()
    account = ref(Account)
    token_digest = text(unique=True)
    purpose = text()
    created_at = instant()
    expires_at = instant()
    used_at = instant(null=True)
    sign_in_link_purpose_check = one_of("purpose", LinkPurpose)


class PrivateAddress(Table, tablename="private_address"):
    """An address that shows an account's bookings to whoever knows it, such as a calendar program; ended, never reused.

    Only its digest is kept.
    """

    id = key()
    account = ref(Account)
    token_digest = text(unique=True)
    created_at = instant()
    read_at = instant(null=True)
    ended_at = instant(null=True)


class SignIn(Table, tablename="sign_in"):
    """A browser that is signed in. The cookie's value is kept as a digest; a new one at every sign-in."""

    id = key()
    account = ref(Account)
    token_digest = text(unique=True)
    created_at = instant()
    seen_at = instant()
    expires_at = instant()
    second_factor_at = instant(null=True)
    device = text()
    ended_at = instant(null=True)


class SignInProvider(Table, tablename="sign_in_provider"):
    """An OpenID provider of a body. Its secrets stay in the environment: here is only the variable that holds them.

    `message_api` and `message_secret_name`: for LINE, where messages are handed over and what proves us there;
    `hook_secret_name`: what proves LINE here when it says that somebody blocked us.
    """

    id = key()
    body_code = text(index=True)
    kind = text()
    label = text()
    issuer = text()
    client_id = text()
    secret_name = text()
    message_api = text(null=True)
    message_secret_name = text(null=True)
    hook_secret_name = text(null=True)
    is_on = flag()
    created_at = instant()
    ended_at = instant(null=True)
    sign_in_provider_kind_check = one_of("kind", ProviderKind)


class Identity(Table, tablename="identity"):
    """Somebody as a provider knows them, and the account that is theirs here."""

    id = key()
    account = ref(Account)
    provider = ref(SignInProvider)
    issuer = text()
    subject = text()
    linked_at = instant()
    used_at = instant(null=True)
    identity_subject_unique = Unique([issuer, subject])


class SignInFlow(Table, tablename="sign_in_flow"):
    """A browser that was sent to a provider and has not come back yet; `account`: who wants the identity linked."""

    id = key()
    provider = ref(SignInProvider)
    account = ref(Account, null=True)
    state_digest = text(unique=True)
    device_digest = text(index=True)
    nonce_digest = text()
    verifier = text()
    next_path = text()
    created_at = instant()
    expires_at = instant()
    used_at = instant(null=True)


class Passkey(Table, tablename="passkey"):
    """A public key whose private half stays in somebody's device. Nothing here lets anybody in by itself."""

    id = key()
    account = ref(Account)
    credential_id = text(unique=True)
    public_key = text()
    sign_count = big(default=0)
    name = text()
    created_at = instant()
    used_at = instant(null=True)


class PasskeyChallenge(Table, tablename="passkey_challenge"):
    """What a passkey is to sign, once and soon; `account`: who is adding a passkey."""

    id = key()
    account = ref(Account, null=True)
    challenge_digest = text(unique=True)
    device_digest = text(index=True)
    created_at = instant()
    expires_at = instant()
    used_at = instant(null=True)


class AccountMove(Table, tablename="account_move"):
    """The desk gave an account to its owner again, who had lost phone or mail. The old address may object."""

    id = key()
    account = ref(Account)
    moved_at = instant()
    moved_by = identifier()
    paper = text()
    scope = text(null=True)
    token_digest = text(unique=True)
    notice_until = instant()
    stopped_at = instant(null=True)
    account_move_paper_check = one_of("paper", Paper)


class RoleGrant(Table, tablename="role_grant"):
    """A role of an account, for a body, a facility or everything."""

    id = key()
    account = ref(Account)
    role = text()
    scope = text(null=True)
    granted_at = instant()
    granted_by = identifier(null=True)
    ended_at = instant(null=True)
    role_grant_role_check = one_of("role", Role)


class ApiToken(Table, tablename="api_token"):
    """A bearer token (prefix `bt_`) shown once and kept as a digest."""

    id = key()
    label = text()
    token_digest = text(unique=True)
    role = text()
    scope = text(null=True)
    created_at = instant()
    expires_at = instant(null=True)
    revoked_at = instant(null=True)
    seen_at = instant(null=True)
    api_token_role_check = one_of("role", Role)


class AttemptWindow(Table, tablename="attempt_window"):
    """How often something was tried in a window, per account and device, across processes: one atomic upsert."""

    id = key()
    name = text(unique=True)
    started_at = instant(index=True)
    attempts = whole(default=0)


class AuditEntry(Table, tablename="audit_entry"):
    """Who changed what, and why; written in the transaction of the change and never changed."""

    id = key()
    occurred_at = instant(index=True)
    actor_kind = text()
    actor_id = identifier(null=True, index=True)
    actor_name = text()
    action = text(index=True)
    subject_kind = text()
    subject_id = identifier(null=True, index=True)
    scope = text(null=True)
    reason = text(null=True)
    overridden = texts()
    detail = document()


class PersonalDataView(Table, tablename="personal_data_view"):
    """Who looked at whose personal data, when and where; never changed."""

    id = key()
    occurred_at = instant(index=True)
    actor_kind = text()
    actor_id = identifier(null=True, index=True)
    member_id = identifier(index=True)
    what = text()
    scope = text(null=True)
    by_list = flag()
