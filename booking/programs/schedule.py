"""When programs act by themselves."""

from booking.jobs.schemas import At, Every, Job
from booking.programs import service, service_groups, service_publishing

JOBS = (
    Job("generate-sessions", At(1, 30), service.generate_sessions),
    Job("publish-drafts", Every(minutes=1), service_publishing.publish_due),
    Job("start-groups", Every(minutes=5), service_groups.start_running),
)
