"""People come and go, at kiosks with their network and without, at the desk, on paper, in groups; and corrections."""

from datetime import time, timedelta
from random import Random
from typing import Any

from booking.kit import clock
from booking.visits import service, service_corrections, service_desk, service_heads, service_paper
from booking.visits.schemas import Told
from booking.visits.schemas_paper import Line, Tally
from tests.kpi.machine_figures_picture import local_day
from tests.kpi.machine_figures_play import BACK, Counting, has_members, has_visits
from tests.reservations.machine_play import step

HEADS = ("walk-in", "group", "guardian", "visitor")


class Door(Counting):
    """Steps at the doors and at the desk."""

    @step(has_members)
    def come_or_go(self, chance: Random) -> None:
        """Somebody shows a pass; now and then the same scan arrives twice."""
        place, who = self.place(chance), self.member(chance)
        scan = self.scan(chance, self.clock.instant + timedelta(seconds=1), kind="pass", token=self.world.passes[who])
        verdicts = self.take(service.record_scans(self.world.kiosks[place], [scan]))
        self.say(place, verdicts and verdicts[0].code, self.clock.instant)
        if verdicts and verdicts[0].verdict == "ask":
            answer = [chance.choice(verdicts[0].choices).id]
            again = self.scan(chance, self.clock.instant, kind="pass", token=self.world.passes[who], answers=answer)
            self.take(service.record_scans(self.world.kiosks[place], [again]))
        elif chance.random() < 0.1:
            self.keep(service.record_scans(self.world.kiosks[place], [scan]))

    @step()
    def upload_late(self, chance: Random) -> None:
        """A kiosk that was in a drawer sends what it had let in, with those who have been erased since."""
        place, start = self.place(chance), self.moment(chance)
        scans = []
        for minutes in sorted(chance.sample(range(110), chance.randint(1, 4))):
            who = chance.choice(self.world.members)
            told = Told(*chance.choice((("welcome", "welcome"), ("welcome", "welcome"), ("goodbye", "goodbye"))))
            at = start + timedelta(minutes=minutes)
            scans.append(self.scan(chance, at, kind="pass", token=self.world.passes[who], offline=True, told=told))
        self.say(place, start, [scan.told and scan.told.verdict for scan in scans])
        self.take(service.record_scans(self.world.drawers[place], scans))

    @step()
    def count_heads(self, chance: Random) -> None:
        """A group, walk-ins, guardians or visitors by number, at a kiosk or at the desk; or they go."""
        place, of, heads = self.place(chance), chance.choice(HEADS), chance.choice((1, 2, 14))
        way = chance.choice(("in", "in", "out"))
        self.say(place, of, heads, way)
        if chance.random() < 0.5:
            given: dict[str, Any] = {"heads": heads, "heads_of": of, "facility": place, "direction": way}
            scan = self.scan(chance, self.clock.instant + timedelta(seconds=1), kind="heads", **given)
            self.take(service.record_scans(self.world.kiosks[place], [scan]))
        elif way == "in":
            self.take(service_heads.count_in(self.world.desk, place, heads, of))
        else:
            self.take(service_heads.count_out(self.world.desk, place, heads, of))

    @step()
    def count_a_group(self, chance: Random) -> None:
        """A group by its own number, with members of it who showed a pass."""
        came = chance.randint(2, 30)
        counted = {"came": came, "members": chance.randint(0, came)}
        self.take(service_heads.count_group(self.world.desk, self.place(chance), party="ためし小学校", **counted))

    # ---- the desk -----------------------------------------------------------------------------------------------

    @step(has_members)
    def record_at_desk(self, chance: Random) -> None:
        """Somebody came without a pass, or goes."""
        way, anyway = chance.choice(("in", "in", "out")), chance.random() < 0.5
        verb = service_desk.check_in(
            self.world.desk, self.place(chance), self.member(chance), direction=way, anyway=anyway, reason="名札だけ"
        )
        verdict = self.take(verb)
        self.say(way, verdict and verdict.code)

    @step(has_members)
    def type_in_a_sheet(self, chance: Random) -> None:
        """What was written on paper, today or some time ago."""
        start = self.moment(chance)
        numbers = {each["id"]: each["number"] for each in self.seen.members}
        lines = [
            Line(
                nonce=self.nonce(chance),
                who=numbers[self.member(chance)],
                came=f"{start + timedelta(hours=9):%H:%M}",
                left=f"{start + timedelta(hours=9, minutes=chance.choice((5, 15))):%H:%M}"
                if chance.random() < 0.6
                else "",
            )
            for _ in range(chance.randint(1, 3))
        ]
        counted = [Tally(nonce=self.nonce(chance), of=chance.choice(HEADS), heads="3", at="7:00", party="")]
        place, day = self.place(chance), local_day(start)
        self.say(place, day)
        self.take(service_paper.enter_sheet(self.world.desk, place, day, lines, counted[: chance.randint(0, 1)]))

    @step(has_members)
    def add_who_was_missed(self, chance: Random) -> None:
        """Somebody came and nobody scanned."""
        since = self.moment(chance)
        left = since + timedelta(minutes=chance.choice((3, 19, 70))) if chance.random() < 0.8 else None
        self.say(since)
        self.take(
            service_corrections.add_visit(
                self.world.desk,
                self.place(chance),
                self.member(chance),
                entered_at=since,
                left_at=left,
                reason="記録もれ",
            )
        )

    @step(has_members)
    def go_round(self, chance: Random) -> None:
        """Somebody was at several places on one day, and nobody scanned."""
        back, who = chance.choice(BACK[2:]), self.member(chance)
        day = local_day(self.clock.instant) - timedelta(days=back)
        for hour in range(8, 20, 4):
            since, place = clock.at_local(day, time(hour)), self.place(chance)
            self.say(place, since)
            given = {"entered_at": since, "left_at": since + timedelta(hours=1), "reason": "記録もれ"}
            self.take(service_corrections.add_visit(self.world.desk, place, who, **given))

    @step(has_visits)
    def void(self, chance: Random) -> None:
        """A visit that never was."""
        visit = self.visit(chance)
        self.say(visit["place"], visit["visited_on"], visit["kind"])
        self.take(service_desk.void_visit(self.world.desk, visit["id"], "二重の記録"))

    @step(has_visits)
    def set_exit(self, chance: Random) -> None:
        """When somebody left."""
        visit = self.visit(chance)
        at = visit["entered_at"] + timedelta(minutes=chance.choice((2, 9, 30, 90)))
        self.take(service_corrections.set_exit(self.world.desk, visit["id"], at, "本人の話"))
