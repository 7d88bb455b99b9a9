"""Every page of this room, gathered for wiring: one file per audience."""

from typing import Any

from booking.access import (
    pages_account,
    pages_links,
    pages_logs,
    pages_openid,
    pages_providers,
    pages_sign_in,
    pages_staff,
    pages_tokens,
)

PAGES: tuple[Any, ...] = (
    *pages_sign_in.PAGES,
    *pages_openid.PAGES,
    *pages_account.PAGES,
    *pages_links.PAGES,
    *pages_staff.PAGES,
    *pages_tokens.PAGES,
    *pages_providers.PAGES,
    *pages_logs.PAGES,
)
NAV = (
    *pages_sign_in.NAV,
    *pages_account.NAV,
    *pages_staff.NAV,
    *pages_tokens.NAV,
    *pages_providers.NAV,
    *pages_logs.NAV,
)
