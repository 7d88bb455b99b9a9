"""One scan a request, 32 connections, everybody at one facility, against the same transactions in pgbench.

The reference locks the one facility `FOR NO KEY UPDATE` scan by scan: its clients wait for each other until the
other's commit. The service gathers what arrives meanwhile into the next transaction.
"""

from tests.bench.checkin_single import measure

NAME = "checkin-hot"


def run() -> None:
    """Measure, and print the result."""
    measure(NAME, facilities=1, target={"ratio": 2})
