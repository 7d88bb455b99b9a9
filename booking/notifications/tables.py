"""The outbox. A message is a row written in the transaction of what it tells; nothing is sent before the commit."""

from piccolo.table import Table

from booking.kit.tables import instant, key, one_of, small, text
from booking.notifications.rules import Channel, MessageState


class Message(Table, tablename="message"):
    """One message to one address. Text and address are wiped some days after it was sent."""

    id = key()
    kind = text()
    channel = text()
    to_address = text(null=True)
    language = text()
    subject = text(null=True)
    content = text(null=True)
    body_code = text(null=True)
    priority = small(default=5)
    state = text(index=True)
    attempts = small(default=0)
    created_at = instant(index=True)
    next_attempt_at = instant()
    send_until = instant(null=True)
    sent_at = instant(null=True)
    last_error = text(null=True)
    dedup = text(null=True, unique=True)
    message_channel_check = one_of("channel", Channel)
    message_state_check = one_of("state", MessageState)
