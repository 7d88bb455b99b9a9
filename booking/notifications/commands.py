"""What `doctor` asks about mail."""

from datetime import timedelta

from booking.kit import clock
from booking.kit.commands import Check
from booking.kit.i18n import N_
from booking.kit.settings import get_settings
from booking.notifications import post, queries

LONG = timedelta(minutes=30)


async def _ask_mail_server() -> str | None:
    settings = get_settings()
    if settings.demo or not settings.smtp_url or not await post.reach(settings.smtp_url):
        return None
    return N_("メールサーバーにつながりません。BOOKING_SMTP_URL の名前、ポート、パスワードを見直してください。")


async def _ask_waiting_mail() -> str | None:
    if get_settings().demo or not await queries.count_waiting(clock.now() - LONG):
        return None
    return N_("30分以上、送れずにいるメールがあります。booking jobs が動いているか、見てください。")


CHECKS = (
    Check(name="mail-server", ask=_ask_mail_server),
    Check(name="waiting-mail", ask=_ask_waiting_mail),
)
