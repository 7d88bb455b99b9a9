"""What families and the desk do with bookings: book, wait, apply, cancel, answer."""

from random import Random
from typing import Any
from uuid import UUID

from booking.access.schemas import Actor
from booking.reservations import service, service_offers
from booking.reservations.schemas import Wish
from tests.reservations.machine_picture import LIVE, is_for
from tests.reservations.machine_play import Player, step, there_are

OVERRIDES = ("session-full", "overlaps", "limit-held", "limit-week", "not-eligible", "booking-closed")
ENDED = ("cancelled", "released", "expired", "not-drawn")


def open_draws(player: Any) -> list[Any]:
    """The sessions by draw that take entries."""
    found = [each for each in player.seen.sessions.values() if each["chosen_by"] == "draw"]
    now = player.clock.instant
    return sorted((each for each in found if now < each["booking_closes_at"]), key=lambda each: each["starts_at"])


class Booking(Player):
    """Steps of the booking pages."""

    @step()
    def book_one(self, chance: Random) -> None:
        """Some guardians book one session each, most often all the same one, or wait for it."""
        wanted = self.sessions(chance) if chance.random() < 0.7 else []
        for _ in range(chance.randint(1, 5)):
            self._order(chance, wanted or self.sessions(chance))

    @step()
    def book_some(self, chance: Random) -> None:
        """A guardian orders several, all or nothing or as much as there is."""
        for _ in range(chance.randint(1, 2)):
            self._order(chance, self.sessions(chance, 3))

    @step(lambda player: bool(open_draws(player)))
    def apply(self, chance: Random) -> None:
        """Some apply for seats that are drawn."""
        for _ in range(chance.randint(1, 4)):
            self._order(chance, [chance.choice(open_draws(self))["id"]])

    def _order(self, chance: Random, chosen: list[Any]) -> None:
        by, members = self.family_for(chance, chosen)
        extra, together = chance.random(), chance.random() < 0.6
        offers = any(each["session"] in chosen for each in self.seen.options.values())
        wish = Wish(
            session_ids=tuple(chosen),
            member_ids=tuple(members),
            options=("laptop",) if offers and extra < 0.5 else (),
            wheelchair_ids=frozenset(members if extra > 0.6 else ()),
            waits=chance.random() < 0.8,
        )
        if wish.session_ids and members:
            self.say([self.name_of(each) for each in members], [self.title_of(each) for each in chosen])
            self.say(f"{together=} {wish.waits=} {wish.options}")
            self.take(service.place_order(by, wish, all_or_nothing=together))

    def family_for(self, chance: Random, chosen: list[UUID]) -> tuple[Actor, list[UUID]]:
        """A guardian, most often with children whom these sessions are for and who have no place there yet."""
        by, members = self.family(chance)
        if chance.random() < 0.15:
            return by, members
        there = {each["member"] for each in self.seen.reservations.values() if each["session"] in chosen}
        own = self.children_of(by) - there
        fit = [one for one in self.world.members if one in own and all(self._fits(one, each) for each in chosen)]
        return by, chance.sample(fit, min(len(fit), len(members)))

    def _fits(self, member: UUID, session: UUID) -> bool:
        return is_for(self.seen, self.seen.sessions[session], self.seen.members[member])

    @step()
    def let_in_by_staff(self, chance: Random) -> None:
        """The desk books for somebody, and sets rules aside."""
        codes = frozenset(chance.sample(OVERRIDES, chance.randint(0, len(OVERRIDES))))
        wish = Wish(
            session_ids=tuple(self.sessions(chance)),
            member_ids=(chance.choice(self.world.members),),
            overridden=codes,
            reason="館長に確認ずみ" if codes else "",
            waits=chance.random() < 0.5,
        )
        if wish.session_ids:
            self.say(self.name_of(wish.member_ids[0]), self.title_of(wish.session_ids[0]), sorted(codes))
            self.take(service.place_order(self.desk, wish, all_or_nothing=True))

    @step(there_are("reservations", *LIVE))
    def cancel(self, chance: Random) -> None:
        """Give something back, too late or not; most often a seat somebody waits for."""
        one, by = self.reservation(chance, *LIVE, is_wanted=chance.random() < 0.6)
        self.take(service.cancel(by, one))

    @step(there_are("reservations", *LIVE))
    def cancel_late(self, chance: Random) -> None:
        """The desk gives something back for somebody on the telephone, however late."""
        one, _ = self.reservation(chance, *LIVE, is_wanted=chance.random() < 0.6)
        self.take(service.cancel(self.desk, one, overridden=("too-late-to-cancel",), reason="電話で聞きました"))

    @step(there_are("reservations", *ENDED))
    def book_again(self, chance: Random) -> None:
        """Take back what was given back."""
        one, by = self.reservation(chance, *ENDED)
        self.take(service.book_again(by, one))

    @step(there_are("reservations", "offered"))
    def answer(self, chance: Random) -> None:
        """Answer an offer."""
        one, by = self.reservation(chance, "offered")
        verb = chance.choice((service_offers.accept, service_offers.decline, service_offers.extend))
        self.say(verb.__name__)
        self.take(verb(by, one))
