"""`booking serve` on an empty directory until `/readyz` is 200, then again on the existing one."""

import statistics

from tests.bench.report import finish, own_directory, percentile, say
from tests.served import BOOKING, Served, environment, free_port

NAME = "start"
ROUNDS = 3
COLD_SECONDS = 10
WARM_SECONDS = 3


def run() -> None:
    """Measure cold and warm starts in turn."""
    cold, warm, endings = [], [], []
    for number in range(1, ROUNDS + 1):
        with own_directory() as directory:
            for starts in (cold, warm):
                port = free_port()
                served = Served([*BOOKING, "serve", "--port", str(port)], port, environment(directory))
                starts.append(served.wait_until_ready())
                status, seconds = served.stop()
                assert status == 0, served.said
                endings.append(seconds)
        say(f"round {number}: cold {cold[-1]:.2f} s, warm {warm[-1]:.2f} s, ended after {endings[-1]:.2f} s")
    finish(
        NAME,
        unit="s",
        rounds=cold,
        warm={"value": round(statistics.median(warm), 3), "rounds": [round(one, 3) for one in warm]},
        target={"cold_s": COLD_SECONDS, "warm_s": WARM_SECONDS},
        checked={
            "ready_answered_200": 2 * ROUNDS,
            "exit_status": 0,
            "slowest_end_s": round(percentile(endings, 1), 3),
            "is_met": statistics.median(cold) <= COLD_SECONDS and statistics.median(warm) <= WARM_SECONDS,
        },
    )
