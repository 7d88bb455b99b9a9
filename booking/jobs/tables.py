"""The ledger of runs."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.jobs.rules import RunState
from booking.kit.tables import instant, key, one_of, text, whole


class JobRun(Table, tablename="job_run"):
    """One occurrence of a job, claimed by whoever inserts it first."""

    id = key()
    name = text()
    due_at = instant()
    state = text()
    started_at = instant(index=True)
    finished_at = instant(null=True)
    done_count = whole(null=True)
    error = text(null=True)
    runner = text()
    job_run_name_due_at_unique = Unique([name, due_at])
    job_run_state_check = one_of("state", RunState)
