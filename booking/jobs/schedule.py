"""The ledger's own housekeeping."""

from booking.jobs import service
from booking.jobs.schemas import At, Every, Job

JOBS = (
    Job("abandon-lost-runs", Every(minutes=15), service.abandon_lost_runs),
    Job("forget-job-runs", At(3, 40), service.forget_old_runs),
)
