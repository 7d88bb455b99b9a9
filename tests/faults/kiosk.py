"""A kiosk as the protocol has it, without a screen: a queue, one upload at a time, its own answer when none comes."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

ANSWER_WAIT_SECONDS = 0.25
TIMEOUT_SECONDS = 2.0
RETRY_SECONDS = 0.3
FASTER = 10
"""A real kiosk asks every 3 seconds whether the service is back, and waits 10 for an answer: a drill's time runs ten
times as fast."""
BATCH = 500
MEASUREMENTS = 10


@dataclass
class Entry:
    """One scan in the queue, whose it is, and what its person was shown."""

    scan: dict[str, Any]
    person: int
    opinion: tuple[str, str]
    truth: datetime
    shown: str = ""
    seconds: float = 0.0
    state: str = "waiting"
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Heard:
    """One answer of the service, or none (status 0)."""

    at: float
    status: int
    retry_after: str | None


class Kiosk:
    """One device at one door. `clock_error` is how far its clock is ahead of the truth."""

    def __init__(self, port: int, token: str, direction: str, clock_error: timedelta = timedelta()) -> None:
        self.token = token
        self.direction = direction
        self.clock_error = clock_error
        self.offset_ms = 0
        self.entries: list[Entry] = []
        self.heard: list[Heard] = []
        self.failures = 0
        self._measured: list[tuple[timedelta, timedelta]] = []
        self._uploading = asyncio.Lock()
        self._browser = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    @property
    def is_offline(self) -> bool:
        """Whether two requests in a row failed."""
        return self.failures >= 2

    @property
    def waiting(self) -> list[Entry]:
        """What the service has not answered yet, in order."""
        return [one for one in self.entries if one.state == "waiting"]

    async def show(self, person: int, code: str, at: datetime | None = None) -> Entry:
        """Somebody shows a code; the entry, with what was said to them."""
        began, truth = time.perf_counter(), at or datetime.now(UTC)
        entry = Entry(self._scan(code, truth), person, self._opinion(code), truth)
        if self.is_offline:
            self._tell(entry)
        self.entries.append(entry)
        if "told" not in entry.scan:
            upload = asyncio.create_task(self.upload())
            answered = asyncio.create_task(entry.answered.wait())
            await asyncio.wait({upload, answered}, timeout=ANSWER_WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            answered.cancel()
            if not entry.answered.is_set():
                self._tell(entry)
        entry.seconds = time.perf_counter() - began
        return entry

    def _scan(self, code: str, truth: datetime) -> dict[str, Any]:
        return {
            "nonce": str(uuid4()),
            "seq": len(self.entries) + 1,
            "scanned_at": (truth + self.clock_error).isoformat(),
            "clock_offset_ms": self.offset_ms,
            "kind": "pass",
            "direction": self.direction,
            "token": code,
        }

    def _opinion(self, code: str) -> tuple[str, str]:
        """What this kiosk would say alone: its drills show it people with a booking, and codes that are none."""
        if len(code) != 145:
            return "refused", "pass-malformed"
        return ("goodbye", "goodbye") if self.direction == "out" else ("welcome", "welcome")

    def _tell(self, entry: Entry) -> None:
        verdict, code = entry.opinion
        entry.scan |= {"offline": True, "told": {"verdict": verdict, "code": code}}
        entry.shown = verdict

    async def upload(self) -> None:
        """Send what waits, in order, one upload at a time."""
        async with self._uploading:
            while entries := self.waiting[:BATCH]:
                if not await self._send(entries):
                    return

    async def _send(self, entries: list[Entry]) -> bool:
        sent = [dict(entry.scan) for entry in entries]
        answer = await self._ask("/api/v1/kiosk/scans", {"scans": sent})
        if answer is None:
            return False
        said = {one["nonce"]: one for one in answer["verdicts"]}
        for entry, scan in zip(entries, sent, strict=True):
            if ("told" in entry.scan) != ("told" in scan):
                continue
            entry.state = "sent"
            entry.shown = entry.shown or said[scan["nonce"]]["verdict"]
            entry.answered.set()
        return True

    async def beat(self) -> bool:
        """A sign of life; learns how far the clock is off, from the shortest of the last exchanges."""
        sent = datetime.now(UTC) + self.clock_error
        said = {"version": "drill", "kiosk_time": sent.isoformat(), "queue_length": len(self.waiting), "camera": "ok"}
        answer = await self._ask("/api/v1/kiosk/heartbeat", said | {"clock_offset_ms": self.offset_ms})
        if answer is None:
            return False
        received = datetime.now(UTC) + self.clock_error
        middle = sent + (received - sent) / 2
        offset = datetime.fromisoformat(answer["server_time"]) - middle
        self._measured = [(received - sent, offset), *self._measured][:MEASUREMENTS]
        self.offset_ms = round(min(self._measured)[1] / timedelta(milliseconds=1))
        return True

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        try:
            answer = await self._browser.post(path, json=body)
            document: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        except (httpx.HTTPError, ValueError):
            self.heard.append(Heard(time.monotonic(), 0, None))
            self.failures += 1
            return None
        self.heard.append(Heard(time.monotonic(), answer.status_code, answer.headers.get("retry-after")))
        if answer.status_code == 200:
            self.failures = 0
            return document
        if answer.status_code < 500 and answer.status_code != 429:
            raise AssertionError(f"the service refused a kiosk of ours: {answer.status_code} {answer.text}")
        self.failures += 1
        return None

    async def stay_in_touch(self) -> None:
        """Until cancelled: ask whether the service is there, and send what waits."""
        while True:
            if self.is_offline:
                await self.beat()
            if self.waiting:
                await self.upload()
            await asyncio.sleep(RETRY_SECONDS)

    async def finish(self, seconds: float = 60) -> None:
        """Send everything; what could not be sent in this time stays in the queue and counts as lost."""
        deadline = time.monotonic() + seconds
        while self.waiting and time.monotonic() < deadline:
            await self.upload()
            await asyncio.sleep(0 if not self.waiting else RETRY_SECONDS)
        await self._browser.aclose()
