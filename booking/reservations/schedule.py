"""What this room does by the clock."""

from booking.jobs.schemas import At, Every, Job
from booking.kit import idempotency
from booking.reservations import (
    service_draws,
    service_draws_opening,
    service_group_visits_due,
    service_moves_asking,
    service_offers,
    service_reminders,
    service_seats,
    service_waiting,
)

JOBS = (
    Job("forget-answered-keys", Every(minutes=60), idempotency.sweep),
    Job("settle-groups", Every(minutes=5), service_seats.settle_groups),
    Job("settle-moves", Every(minutes=5), service_moves_asking.settle_over),
    Job("open-draws", Every(minutes=1), service_draws_opening.open_draws),
    Job("close-draws", Every(minutes=1), service_draws.close_draws),
    Job("expire-offers", Every(minutes=1), service_offers.expire_offers),
    Job("settle-waiting", Every(minutes=1), service_waiting.settle_waiting),
    Job("lapse-group-proposals", Every(minutes=30), service_group_visits_due.lapse_proposals),
    Job("expire-group-requests", At(4, 20), service_group_visits_due.expire_requests),
    Job("forget-group-contacts", At(4, 30), service_group_visits_due.forget_contacts),
    Job("remind", Every(minutes=10), service_reminders.remind),
)
