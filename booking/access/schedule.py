"""When what has served its time is forgotten."""

from booking.access import service_sign_in
from booking.jobs.schemas import At, Job

JOBS = (Job("forget-old-sign-ins", At(4, 20), service_sign_in.forget_old),)
