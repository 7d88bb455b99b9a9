"""When programs act by themselves."""

from booking.jobs.schemas import At, Job
from booking.programs import service

JOBS = (Job("generate-sessions", At(1, 30), service.generate_sessions),)
