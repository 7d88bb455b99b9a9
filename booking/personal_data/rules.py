"""Whom an erasure reaches. From values alone."""

from collections.abc import Collection, Iterable
from uuid import UUID

from booking.people.schemas import MemberView
from booking.personal_data.schemas import Reach


def reach_of(members: Iterable[MemberView], bodies: frozenset[str] | None, over: Collection[UUID] = ()) -> Reach:
    """Which of these go when the bodies of the asker (None: all) let go of them.

    Whom another body has registered too stays until that one agrees, and ends here; who is registered with none of
    the asker's bodies is not touched. `over`: those whom nobody has registered any more, and a body of the asker had.
    """
    gone, ending = [], []
    for member in members:
        held = set(member.body_codes)
        if member.id in over:
            gone.append(member)
            continue
        if bodies is not None and not held & bodies:
            continue
        if bodies is None or held <= bodies:
            gone.append(member)
        else:
            ending.append(member)
    return Reach(gone=tuple(gone), ending=tuple(ending))
