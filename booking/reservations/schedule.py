"""What this room does by the clock."""

from booking.jobs.schemas import Every, Job
from booking.kit import idempotency

JOBS = (Job("forget-answered-keys", Every(minutes=60), idempotency.sweep),)
