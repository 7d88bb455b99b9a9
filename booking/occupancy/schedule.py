"""When days that are over are folded into the history."""

from booking.jobs.schemas import Every, Job
from booking.occupancy import service_days

JOBS = (Job("fold-history", Every(minutes=5), service_days.fold_everything),)
