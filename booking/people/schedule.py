"""When this room forgets."""

from booking.jobs.schemas import Every, Job
from booking.people import service_import

JOBS = (Job("forget-uploaded-lists", Every(minutes=15), service_import.forget_uploads),)
