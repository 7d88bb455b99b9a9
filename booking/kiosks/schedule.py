"""The sweep of this room."""

from booking.jobs.schemas import Every, Job
from booking.kiosks import service_faults

JOBS = (Job("judge-kiosks", Every(minutes=1), service_faults.judge_kiosks),)
