"""Who acts for somebody whose two records become one: never more than for either of them. From values alone."""

from collections.abc import Iterable

from booking.people.schemas_merging import HeldRights, RightsAfter


def rights_after(kept: Iterable[HeldRights], gone: Iterable[HeldRights]) -> tuple[RightsAfter, ...]:
    """Every account's rights over the one record, in the order given, those of the record that stays first.

    Who acts for both keeps what they may do for both. Who was taken off one of them stays off: to register the child
    again must be no way back. A card goes with the record it was printed for.
    """
    mine, theirs = {one.account_id: one for one in kept}, {one.account_id: one for one in gone if not one.is_card}
    found = []
    for account_id in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(account_id), theirs.get(account_id)
        after = _of(one, other)
        if after is not None:
            found.append(after)
    return tuple(found)


def _of(kept: HeldRights | None, gone: HeldRights | None) -> RightsAfter | None:
    both = [one for one in (kept, gone) if one is not None]
    live = [one for one in both if not one.is_ended]
    if not live:
        return None
    first = both[0]
    return RightsAfter(
        account_id=first.account_id,
        name=first.name,
        email=first.email,
        relation=first.relation,
        may_consent=all(one.may_consent for one in both),
        may_book=all(one.may_book for one in both),
        is_told=all(one.is_told for one in both),
        is_confirmed=any(one.is_confirmed for one in live),
        saw_kept=kept is not None and not kept.is_ended,
        saw_gone=gone is not None and not gone.is_ended,
        is_lost=len(live) < len(both),
    )
