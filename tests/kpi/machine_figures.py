"""A machine that counts people in, corrects, forgets, certifies and lets a year end, and never loses a user.

Every step is a public verb or a job, as the doors and the clock call them. After every step the laws of
`machine_figures_laws` hold the figure, its parts, the plain SQL, the auditor's program and what is certified against
the visits as they are stored, counted by hand in `machine_figures_picture`.
"""

from collections.abc import Awaitable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kpi import service_certifying, service_definitions, service_fold
from booking.kpi.schemas_certifying import CertifyForm
from booking.kpi.schemas_definitions import ConfirmForm, DefinitionForm, ScopeForm
from booking.personal_data import service as personal_data
from booking.visits import (
    service,
    service_corrections,
    service_desk,
    service_heads,
    service_paper,
    service_sweeps,
)
from booking.visits.schemas import Scan, Told
from booking.visits.schemas_paper import Line, Tally
from tests.kpi.machine_figures_laws import WHOSE, YEARS, Look, breaches, undone, unmoved
from tests.kpi.machine_figures_picture import Picture, local_day, read_picture
from tests.kpi.machine_figures_world import BEGINS, BODIES, WORLD, World
from tests.reservations.machine_play import Playing, step

SPANS = tuple(timedelta(minutes=each) for each in (4, 50, 240, 840, 1_380, 2_900))
BACK = (0, 0, 1, 2, 27, 40)
"""How many days ago what is recorded late happened: today, in this month, in those before."""
HEADS = ("walk-in", "group", "guardian", "visitor")


def has_visits(player: Any) -> bool:
    """Whether anybody has come."""
    return bool(player.seen.visits)


def has_members(player: Any) -> bool:
    """Whether anybody is left."""
    return bool(player.seen.members)


class Machine(Playing):
    """All steps, and the clock."""

    world: World
    seen: Picture
    template = WORLD
    begins_at = BEGINS
    sweeps = (service_sweeps.close_open_visits,)

    def __init__(self) -> None:
        self.seq = self.turn = 0
        super().__init__()

    async def read(self) -> Picture:
        """A picture of now."""
        return await read_picture(self.eyes, self.clock.instant)

    async def look(self, refusal: Refusal | None) -> None:
        """Every law: of one year and one controller this time, of another the next."""
        before, self.seen = self.seen, await self.read()
        self.turn += 1
        if refusal is not None:
            self.say(f"refused: {refusal.code}")
            undoing = list(undone(before, self.seen))
            assert not undoing, "\n".join(undoing)
        year, body = YEARS[self.turn % len(YEARS)], WHOSE[self.turn % len(WHOSE)]
        found = await breaches(Look(before, self.seen, year, body, self.turn))
        assert not found, "\n".join(found)

    def keep(self, verb: Awaitable[Any], **given: Any) -> Any:
        """Do what must change no figure."""
        before = self.seen
        answer = self.take(verb, **given)
        moved = list(unmoved(before, self.seen))
        assert not moved, "\n".join(moved)
        return answer

    # ---- who and when -------------------------------------------------------------------------------------------

    def member(self, chance: Random) -> UUID:
        """Somebody, rather one of the first."""
        living = self.seen.living()
        return chance.choice(living[: chance.randint(1, len(living))])

    def place(self, chance: Random) -> str:
        """One of the facilities."""
        return chance.choice(self.world.facilities)

    def moment(self, chance: Random, back: int | None = None) -> datetime:
        """A moment that has passed, today or on a day before."""
        day = local_day(self.clock.instant) - timedelta(days=chance.choice(BACK) if back is None else back)
        walls = [time(7, 5), time(10, 15), time(11, 40), time(15), time(23, 40)]
        moments = [clock.at_local(day, wall) for wall in walls]
        passed = [each for each in moments if each < self.clock.instant - timedelta(hours=2)]
        return chance.choice(passed) if passed else self.moment(chance, 1)

    def visit(self, chance: Random) -> Any:
        """One of the visits, rather a late one."""
        return chance.choice(self.seen.visits[-8:])

    def nonce(self, chance: Random) -> UUID:
        """What makes a scan this one."""
        return UUID(int=chance.getrandbits(128), version=4)

    def scan(self, chance: Random, at: datetime, **given: Any) -> Scan:
        """Something shown to a kiosk."""
        self.seq += 1
        return Scan(nonce=self.nonce(chance), seq=self.seq, scanned_at=at, **given)

    # ---- the door -----------------------------------------------------------------------------------------------

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

    @step(has_members)
    def erase(self, chance: Random) -> None:
        """Somebody asks to be forgotten, though not often."""
        if chance.random() < 0.4:
            one = chance.choice(self.seen.members)
            self.keep(personal_data.erase(self.world.desk, one["id"], one["number"]))

    # ---- the figure ---------------------------------------------------------------------------------------------

    @step()
    def fold(self, chance: Random) -> None:
        """One fold of a few changes, or until nothing is left."""
        limit = chance.choice((1, 2, 0))
        self.keep(service_fold.fold(limit) if limit else service_fold.fold_everything())

    @step()
    def rebuild(self, chance: Random) -> None:
        """Fold everything again, though not often: nothing is found that differs."""
        if chance.random() < 0.3:
            found = self.keep(service_fold.rebuild())
            assert found == [], f"rebuild: {found}"

    @step()
    def define(self, chance: Random) -> None:
        """Another reading."""
        yes = lambda: chance.random() < 0.7  # noqa: E731
        form = DefinitionForm(
            name="ためしの数え方",
            name_en="Trial reading",
            reason="有識者会議の意見",
            scope=chance.choice(self.seen.scopes)["code"],
            unit=chance.choice(("person_days", "person_days", "person_sessions", "people")),
            places=chance.choice(("each", "once")),
            counts_trials=yes(),
            counts_groups=yes(),
            counts_staff_entries=yes(),
            counts_imports=yes(),
            min_stay_minutes=chance.choice(("0", "0", "10", "20")),
        )
        self.say(form)
        self.take(service_definitions.define(self.world.desk, form))

    @step()
    def confirm(self, chance: Random) -> None:
        """Somebody says that it is the right one."""
        said = ConfirmForm(confirmed_by="見本 課長", confirmed_office="見本課", document="見本 第1号")
        self.keep(service_definitions.confirm(self.world.desk, self.seen.reading["code"], said))

    @step(lambda player: len(player.seen.scopes) < 4)
    def add_a_scope(self, chance: Random) -> None:
        """One more selection of places and programs."""
        if chance.random() < 0.5:
            where = chance.sample(self.world.facilities, chance.randint(0, 2))
            what = chance.sample(self.world.programs, chance.randint(0, 2))
            code = f"scope-{len(self.seen.scopes)}"
            form = ScopeForm(code=code, name="ためしの範囲", facilities=where, programs=what)
            self.take(service_definitions.add_scope(self.world.desk, form))

    @step()
    def certify(self, chance: Random) -> None:
        """A month or the year, of a body or of the plan."""
        today = local_day(self.clock.instant)
        month = date(today.year, today.month, 1) - timedelta(days=chance.choice((1, 1, 32)))
        is_year = chance.random() < 0.3
        body = chance.choice((*BODIES, ""))
        given = {"fiscal_year": "2026", "month": ""} if is_year else {"month": f"{month:%Y-%m}"}
        self.say(given, body or "plan")
        self.keep(
            service_certifying.certify(
                self.world.desk, CertifyForm(office="見本課", body=body, note="日報は紙にある", **given)
            )
        )

    # ---- time ---------------------------------------------------------------------------------------------------

    @step()
    def wait(self, chance: Random) -> None:
        """Time passes, and who forgot to leave is closed out."""
        self.clock.advance(seconds=chance.choice(SPANS).total_seconds())
        self.say(self.clock.instant)
        self.take(self._nothing(), sweeps=True)

    async def _nothing(self) -> None:
        """Only the sweeps."""
