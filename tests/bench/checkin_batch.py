"""A hundred scans a request, as after an outage; scans a second against one scan a transaction in pgbench.

The reference is that of `checkin-single`: the statements of one scan, over as many facilities.
"""

from tests.bench.checkin_single import measure

NAME = "checkin-batch"
SCANS_A_REQUEST = 100
FACILITIES = 32
"""3,200 scans are one request for each of as many kiosks."""


def run() -> None:
    """Measure, and print the result."""
    measure(NAME, facilities=FACILITIES, batch=SCANS_A_REQUEST, target={"ratio": 2})
