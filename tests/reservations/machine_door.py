"""What happens at the door: passes shown to a kiosk with its network and without, and silence."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.kiosks.queries import find_kiosk_by_token
from booking.kit import clock
from booking.visits import service
from booking.visits.schemas import Scan, Told, Verdict
from booking.visits.schemas_day_list import Heartbeat
from booking.visits.service_day_list import hear
from tests.reservations.machine_play import Player, step


def due(player: Any) -> list[UUID]:
    """The members with a booking whose door stands open now."""
    found = []
    for each in player.seen.reservations.values():
        session = player.seen.sessions[each["session"]]
        opens = session["starts_at"] - timedelta(minutes=30)
        if each["state"] == "confirmed" and opens <= player.clock.instant < session["ends_at"]:
            found.append(each["member"])
    return [one for one in player.world.members if one in found]


class Door(Player):
    """Steps at the kiosk of the first facility."""

    def __init__(self) -> None:
        super().__init__()
        self.seq = 0
        self.waiting: list[Scan] = []
        self.is_connected = True

    def beat(self) -> Any:
        """The kiosk says that it is alive and how much it has to send."""
        return self._beat(len(self.waiting))

    async def _beat(self, queue: int) -> None:
        identity = await find_kiosk_by_token(self.world.kiosk)
        assert identity is not None
        await hear(identity, Heartbeat(version="1", kiosk_time=clock.now(), queue_length=queue))

    @step()
    def show_pass(self, chance: Random) -> None:
        """Somebody shows a pass: who has a booking now, or anybody."""
        people = due(self)
        member = chance.choice(people if people and chance.random() < 0.7 else self.world.members)
        self.say(self.name_of(member), self.clock.instant)
        if not self.is_connected:
            self._note(member)
            return
        verdict = self._shown(chance, member, [])
        if verdict is not None and verdict.verdict == "ask":
            self._shown(chance, member, [chance.choice(verdict.choices).id])

    def _shown(self, chance: Random, member: UUID, answers: list[str]) -> Verdict | None:
        scan = self._scan(member, UUID(int=chance.getrandbits(128)), answers=answers)
        verdicts = self.take(service.record_scans(self.world.kiosk, [scan]))
        self.say(verdicts and verdicts[0].code)
        return verdicts[0] if verdicts else None

    def _note(self, member: UUID) -> None:
        """Without network the kiosk lets in who has a booking, and keeps the scan."""
        if member in due(self):
            self.seq += 1
            nonce = UUID(int=Random(self.seq).getrandbits(128))
            self.waiting.append(self._scan(member, nonce, offline=True, told=Told("welcome", "welcome")))

    def _scan(self, member: UUID, nonce: UUID, **given: Any) -> Scan:
        self.seq += 1
        return Scan(
            nonce=nonce,
            seq=self.seq,
            scanned_at=self.clock.instant + timedelta(seconds=1),
            kind="pass",
            token=self.world.passes[member],
            **given,
        )

    @step()
    def lose_network(self, chance: Random) -> None:
        """The kiosk is alone from now on, though not often."""
        self.is_connected = self.is_connected and chance.random() < 0.7
        self.say(self.is_connected)

    @step(lambda player: not player.is_connected)
    def find_network(self, chance: Random) -> None:
        """The kiosk sends what it has, all at once, and says that it is alive."""
        self.is_connected, sent = True, list(self.waiting)
        self.waiting.clear()
        self.say(len(sent))
        if sent and chance.random() < 0.95:
            self.take(service.record_scans(self.world.kiosk, sent))
