"""Roles and kinds of sign-in; who may do what is decided here, from values alone."""

from enum import StrEnum


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


class CredentialKind(StrEnum):
    """What proves who somebody is, besides a mailed code."""

    PIN = "pin"
    TOTP = "totp"


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    ENROL_STAFF = "enrol-staff"
    DEMO = "demo"
