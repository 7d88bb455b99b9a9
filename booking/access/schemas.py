"""Who is asking. Identity arrives in every verb as one of these values."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class AccountKind(StrEnum):
    """Whose account it is: a resident with mail, a member of staff, or a child with a card and a PIN."""

    RESIDENT = "resident"
    STAFF = "staff"
    CARD = "card"


class Role(StrEnum):
    """Roles, named as in the public contract."""

    RESIDENT = "resident"
    FRONT_DESK = "front-desk"
    FACILITY_MANAGER = "facility-manager"
    OPERATOR = "operator"
    BODY_ADMINISTRATOR = "body-administrator"
    AUDITOR = "auditor"
    KIOSK = "kiosk"


class Grant(msgspec.Struct, frozen=True):
    """A role for a scope: the code of a body or facility, or None for everything."""

    role: Role
    scope: str | None = None


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody or something that asks. `kind`: nobody, account, staff, token, kiosk, system.

    A member of staff before the second factor is an `account` of kind staff with no grants.
    """

    kind: str = "nobody"
    id: UUID | None = None
    name: str = ""
    language: str = "ja"
    account_kind: AccountKind | None = None
    grants: tuple[Grant, ...] = ()
    sign_in_id: UUID | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether a resident's or child's account is behind this."""
        return self.kind == "account" and self.account_kind is not AccountKind.STAFF

    @property
    def is_staff(self) -> bool:
        """Whether this is staff past the second factor, or a token with a staff role."""
        return self.kind in ("staff", "token")

    def has_role(self, *roles: Role) -> bool:
        """Whether any of these roles is held, whatever the scope."""
        return any(grant.role in roles for grant in self.grants)

    def may_in(self, scopes: tuple[str, ...], *roles: Role) -> bool:
        """Whether one of `roles` is held for one of `scopes` (facility code and its body's code) or for everything."""
        return any(grant.role in roles and (grant.scope is None or grant.scope in scopes) for grant in self.grants)


NOBODY = Actor()
SYSTEM = Actor(kind="system", name="system")


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as other rooms and the staff page see it."""

    id: UUID
    kind: AccountKind
    email: str | None
    name: str
    language: str
    created_at: datetime
    disabled_at: datetime | None = None


class Browser(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sign-in is tried: digests of the device cookie and of the network address, and the reader's language."""

    device: str
    network: str
    language: str = "ja"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that was opened: the cookie's value and what comes next."""

    cookie: str
    kind: AccountKind
    is_new: bool = False
    needs_second: bool = False


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Something a role can be given for: a body, or a facility and the body it is `within`."""

    code: str
    name: str
    within: str | None = None


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a PIN (a digest) or an authenticator (sealed)."""

    credential_id: UUID
    account_id: UUID
    secret: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time link that still works, and whose it is."""

    id: UUID
    account_id: UUID
    purpose: str
    name: str
    email: str | None


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in provider of a body; the names say which variables of the environment hold its secrets."""

    id: UUID
    body_code: str
    kind: str
    label: str
    issuer: str
    client_id: str
    secret_name: str
    message_api: str | None
    message_secret_name: str | None
    hook_secret_name: str | None
    is_on: bool


class ProviderForm(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as an administrator writes it down."""

    body_code: str
    kind: str
    label: str
    issuer: str = ""
    client_id: str = ""
    secret_name: str = ""
    message_api: str = ""
    message_secret_name: str = ""
    hook_secret_name: str = ""
    is_on: bool = False


class Proved(msgspec.Struct, frozen=True):
    """Who a provider says somebody is. Nothing else of what it says is read: no address, no name."""

    issuer: str
    subject: str


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that came back from a provider: what it was sent with."""

    id: UUID
    account_id: UUID | None
    nonce_digest: str
    verifier: str
    next_path: str


class IdentityView(msgspec.Struct, frozen=True, kw_only=True):
    """An identity as its owner sees it."""

    id: UUID
    label: str
    kind: str
    linked_at: datetime
    used_at: datetime | None


class PasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in, as its owner sees it."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class PasskeyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser's passkey answered, and what a new one is to be called."""

    credential: dict[str, Any]
    name: str = ""


class PasskeyState(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: signed-in or added."""

    state: str
    is_new: bool = False


class StaffGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A role somebody holds now."""

    id: UUID
    role: Role
    scope: str | None


class StaffView(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff on the list of staff."""

    id: UUID
    name: str
    email: str | None
    is_enrolled: bool
    grants: tuple[StaffGrant, ...]


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """An API token as it is listed; the token itself was shown once."""

    id: UUID
    label: str
    role: Role
    scope: str | None
    created_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None


class AuditView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit trail."""

    id: UUID
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    subject_kind: str
    subject_id: UUID | None
    scope: str | None
    reason: str | None
    overridden: list[str]
    detail: dict[str, Any]


class PersonalDataViewed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log of who saw whose personal data."""

    id: UUID
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    member_id: UUID
    what: str
    scope: str | None
    by_list: bool


class SignInRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One step of a sign-in: `email` asks for a code; `code`, `number` and `pin`, or `second` prove who it is."""

    email: str | None = None
    code: str | None = None
    number: str | None = None
    pin: str | None = None
    second: str | None = None


class SignInState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sign-in stands: code-sent, second-factor-needed, signed-in or signed-out."""

    state: str
    is_new: bool = False


class AccountRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whoever wants an account proves an address."""

    email: str


class NewStaff(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to work here."""

    email: str
    name: str
    role: str
    scope: str | None = None


class NewGrant(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One more role for a member of staff."""

    role: str
    scope: str | None = None


class NewToken(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An API token to be made."""

    label: str
    role: str
    scope: str | None = None


class MadeToken(msgspec.Struct, frozen=True, kw_only=True):
    """A new API token; it is in this answer and never again."""

    token: str


class EnrolLink(msgspec.Struct, frozen=True, kw_only=True):
    """The address, good once within 24 hours, that registers an authenticator."""

    link: str


class StaffPage(msgspec.Struct, frozen=True, kw_only=True):
    """Staff the reader decides about."""

    items: list[StaffView]
    next_cursor: str | None = None


class TokenPage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens the reader decides about."""

    items: list[TokenView]
    next_cursor: str | None = None


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the audit trail."""

    items: list[AuditView]
    next_cursor: str | None = None


class PersonalDataViewedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the log of personal data viewed."""

    items: list[PersonalDataViewed]
    next_cursor: str | None = None


class PrivateAddressView(msgspec.Struct, frozen=True, kw_only=True):
    """A private address without its secret: when it was made, and when something last read it."""

    id: UUID
    created_at: datetime
    read_at: datetime | None
