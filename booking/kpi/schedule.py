"""When figures are folded."""

from booking.jobs.schemas import Every, Job
from booking.kpi import service

JOBS = (Job("fold-annual-users", Every(minutes=5), service.fold),)
