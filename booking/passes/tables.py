"""Signing keys and passes. A pass is a credential of a member and knows no reservation."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.kit.tables import holds, identifier, instant, key, ref, small, text
from booking.people.tables import Member


class SigningKey(Table, tablename="signing_key"):
    """An Ed25519 key. `retired` keys sign no more but still verify; `revoked` ones do neither."""

    id = key()
    kid = small()
    public_key = text()
    sealed_private_key = text()
    created_at = instant()
    retired_at = instant(null=True)
    revoked_at = instant(null=True)
    signing_key_kid_check = holds("kid between 1 and 255")


class Pass(Table, tablename="pass"):
    """A pass that was issued; one live per member. Its code is not stored but signed again from these columns.

    The pass of somebody erased stays, revoked and nobody's, so that no door lets the card in again.
    """

    id = key()
    member = ref(Member, null=True)
    kid = small()
    valid_from_at = instant()
    valid_until = instant()
    issued_at = instant()
    issued_by = identifier(null=True)
    revoked_at = instant(null=True, index=True)
    revoked_by = identifier(null=True)
    revoked_reason = text(null=True)


class TemporaryCard(Table, tablename="temporary_card"):
    """A printed card that belongs to a desk and is lent for a day. Its code is a pass code whose `pass_id` is this id.

    `scope` is the code of the facility whose desk keeps it.
    """

    id = key()
    scope = text(index=True)
    label = text()
    kid = small()
    valid_from_at = instant()
    valid_until = instant()
    made_at = instant()
    made_by = identifier(null=True)
    revoked_at = instant(null=True)
    temporary_card_label_unique = Unique([scope, label])


class CardLoan(Table, tablename="card_loan"):
    """A temporary card stands for a member until it is given back, or until the day ends."""

    id = key()
    card = ref(TemporaryCard)
    member = ref(Member)
    lent_at = instant()
    lent_by = identifier(null=True)
    until_at = instant()
    returned_at = instant(null=True)
