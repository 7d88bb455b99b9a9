"""The outbox. A message is a row written in the transaction of what it tells; nothing is sent before the commit."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.kit.tables import identifier, instant, key, one_of, small, text, texts
from booking.notifications.rules import Channel, MessageState, Topic


class Message(Table, tablename="message"):
    """One message to one address, or to a reader whose channel is chosen when it is sent.

    Text and address are wiped some days after it was sent. `about`: whom it speaks of, so that it can be hidden from a
    reader who no longer sees them. `tried`: channels that have failed it.
    """

    id = key()
    kind = text()
    channel = text(null=True)
    reader = identifier(null=True, index=True)
    about = texts()
    topic = text(null=True)
    tried = texts()
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
    message_topic_check = one_of("topic", Topic)
    message_state_check = one_of("state", MessageState)


class DeadAddress(Table, tablename="dead_address"):
    """An address that a server has refused for good, as a keyed digest, until its owner proves it again."""

    id = key()
    channel = text()
    address_digest = text()
    reason = text()
    since_at = instant()
    ended_at = instant(null=True)
    dead_address_channel_check = one_of("channel", Channel)
    dead_address_unique = Unique([channel, address_digest])
