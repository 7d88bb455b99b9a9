"""The sweeps of this room."""

from booking.jobs.schemas import At, Every, Job
from booking.visits import service_no_show, service_paper, service_sweeps, service_turns

JOBS = (
    Job("close-open-visits", Every(minutes=1), service_sweeps.close_open_visits),
    Job("release-missing", Every(minutes=1), service_no_show.release_missing),
    Job("call-turns", Every(seconds=5), service_turns.call_turns),
    Job("mail-morning-lists", At(7), service_paper.mail_morning_lists),
)
