"""What `doctor` asks of any installation: database, clock, mail, secret, disk. Rooms ask more in their CHECKS."""

import os
import shutil
from pathlib import Path

from booking.kit import clock, db
from booking.kit.commands import Check
from booking.kit.i18n import N_
from booking.kit.settings import get_settings

_LEAST_FREE_BYTES = 1_000_000_000
_CLOCKS_APART_SECONDS = 2


async def _ask_database() -> str | None:
    if await db.fetchval("SHOW fsync") != "on":
        return N_("fsync が off です。停電で記録が失われます。postgresql.conf で on にしてください。")
    return None


async def _ask_clock() -> str | None:
    apart = await db.fetchval("SELECT abs(extract(epoch FROM clock_timestamp() - $1::timestamptz))", clock.now())
    if apart > _CLOCKS_APART_SECONDS:
        return N_("データベースの時計とこの機械の時計が、2秒以上ずれています。時刻合わせ（NTP）を確かめてください。")
    return None


async def _ask_mail() -> str | None:
    settings = get_settings()
    if settings.smtp_url or settings.demo:
        return None
    return N_("メールを送る先がありません。BOOKING_SMTP_URL を設定してください。それまで、確認コードは届きません。")


async def _ask_secret() -> str | None:
    if "BOOKING_SECRET_KEY" in os.environ or "BOOKING_DATABASE_URL" not in os.environ:
        return None
    return N_("BOOKING_SECRET_KEY がありません。サーバーを増やす前に、すべてに同じ値を設定してください。")


async def _ask_disk() -> str | None:
    folder = get_settings().data_dir
    free = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free
    return (
        None if free > _LEAST_FREE_BYTES else N_("ディスクの空きが 1 GB より少なくなっています。空きを作ってください。")
    )


CHECKS = (
    Check(name="database", ask=_ask_database),
    Check(name="clock", ask=_ask_clock),
    Check(name="mail", ask=_ask_mail),
    Check(name="secret-key", ask=_ask_secret),
    Check(name="disk", ask=_ask_disk),
)
