"""When figures are folded."""

from booking.jobs.schemas import Every, Job
from booking.kpi import service_fold

JOBS = (Job("fold-annual-users", Every(minutes=5), service_fold.fold_everything),)
