"""What the office does: readings, certifications, numbers from before the service, erasing and merging, the fold."""

from datetime import date, timedelta
from random import Random

from booking.kpi import (
    service_certifying,
    service_definitions,
    service_fold,
    service_importing,
    service_importing_visits,
)
from booking.kpi.rules_importing_visits import TITLES
from booking.kpi.schemas_certifying import CertifyForm
from booking.kpi.schemas_definitions import ConfirmForm, DefinitionForm, ScopeForm
from booking.kpi.schemas_importing import CellForm, Origin
from booking.personal_data import service as personal_data
from booking.personal_data import service_merging
from tests.kpi.machine_figures_picture import local_day
from tests.kpi.machine_figures_play import Counting, has_members
from tests.kpi.machine_figures_world import BODIES
from tests.reservations.machine_play import step

SAID = {"method": "日報の合計", "document": "見本 第2号", "author": "見本 係長"}


class Office(Counting):
    """Steps of those who answer for the figure, and for personal data."""

    @step(has_members)
    def erase(self, chance: Random) -> None:
        """Somebody asks to be forgotten, though not often."""
        if chance.random() < 0.4:
            one = chance.choice(self.seen.members)
            self.keep(personal_data.erase(self.world.desk, one["id"], one["number"]))

    @step(lambda player: len(player.seen.members) > 1)
    def merge(self, chance: Random) -> None:
        """Two records turn out to be one person's, though not often; who is counted twice then is one."""
        if chance.random() < 0.5:
            kept, gone = chance.sample(self.seen.members, 2)
            self.take(service_merging.merge(self.world.desk, gone["id"], kept["number"], kept_id=kept["id"]))

    @step()
    def bring_in_a_total(self, chance: Random) -> None:
        """The total of a month from before the service, typed by hand; a better one replaces it."""
        month = chance.choice(("2026-05", "2026-05", "2026-06", "2027-02"))
        n = chance.randint(0, 40)
        sessions = str(n + chance.randint(0, 9)) if chance.random() < 0.6 else ""
        place = self.place(chance)
        self.say(place, month, n, sessions)
        form = CellForm(facility=place, month=month, person_days=str(n), person_sessions=sessions, **SAID)
        self.take(service_importing.enter_total(self.world.desk, form))

    @step(lambda player: bool(player.seen.totals))
    def withdraw_a_total(self, chance: Random) -> None:
        """A total was wrong, though not often."""
        if chance.random() < 0.3:
            self.take(service_importing.withdraw_total(self.world.desk, chance.choice(self.seen.totals)["id"]))

    @step()
    def bring_in_visits(self, chance: Random) -> None:
        """A file of single visits from before the service; now and then the same file again."""
        body = BODIES[chance.random() < 0.4]
        places = ("away",) if body == BODIES[1] else ("hub", "beside")
        rows = [
            f"2026-{chance.choice(('07-03', '07-04'))},{chance.choice(places)},{hour}:00,"
            f"{chance.choice(('', f'{hour}:15', f'{hour}:50'))},{chance.choice(('', 'A-1', 'B-2', 'B-3'))},,小5,,"
            for hour in sorted(chance.sample(range(9, 17), chance.randint(1, 4)))
        ]
        self.say(body, rows)
        content = "\n".join([",".join(TITLES.values()), *rows]).encode()
        handed = self.keep(service_importing_visits.upload_visits(self.world.desk, body, content, Origin(**SAID)))
        if handed is not None:
            self.take(service_importing_visits.commit_visits(self.world.desk, handed))

    @step(lambda player: any(each["import_id"] for each in player.seen.visits))
    def take_back_visits(self, chance: Random) -> None:
        """A file was wrong, though not often."""
        if chance.random() < 0.4:
            files = sorted({each["import_id"] for each in self.seen.visits if each["import_id"]})
            self.take(service_importing_visits.take_back(self.world.desk, chance.choice(files)))

    @step()
    def fold(self, chance: Random) -> None:
        """One fold of a few changes, or until nothing is left, or of a whole year."""
        limit = chance.choice((1, 2, 0, 0, 2026, 2027))
        if limit > 2:
            self.keep(service_fold.fold_year(limit))
        else:
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
