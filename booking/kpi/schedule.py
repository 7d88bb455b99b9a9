"""When figures are folded."""

from booking.jobs.schemas import Every, Job
from booking.kpi import service_fold, service_importing_visits, service_uploads

JOBS = (
    Job("fold-annual-users", Every(minutes=5), service_fold.fold_everything),
    Job("forget-old-numbers", Every(minutes=15), service_uploads.forget_uploads),
    Job("forget-old-keys", Every(minutes=60), service_importing_visits.forget_old_keys),
)
