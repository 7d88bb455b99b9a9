"""When the outbox is emptied and forgets."""

from booking.jobs.schemas import At, Every, Job
from booking.notifications import service

JOBS = (
    Job("send-messages", Every(seconds=5), service.send_due),
    Job("wipe-old-messages", At(4, 10), service.wipe_old_messages),
)
