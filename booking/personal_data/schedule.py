"""When this room lets go."""

from booking.jobs.schemas import At, Job
from booking.personal_data import service_retention

JOBS = (Job("keep-terms", At(2, 40), service_retention.keep_terms),)
