"""The Japanese words for roles, actions and kinds, as message ids."""

from booking.access.rules import Role
from booking.kit.i18n import N_

EVERYTHING = N_("すべて")
ROLES = {
    Role.RESIDENT: N_("利用者"),
    Role.FRONT_DESK: N_("受付"),
    Role.FACILITY_MANAGER: N_("施設の責任者"),
    Role.OPERATOR: N_("受託事業者"),
    Role.BODY_ADMINISTRATOR: N_("団体の管理者"),
    Role.AUDITOR: N_("監査"),
    Role.KIOSK: N_("受付機"),
}
ACTORS = {
    "nobody": N_("サインインしていない人"),
    "account": N_("利用者"),
    "staff": N_("職員"),
    "token": N_("APIトークン"),
    "kiosk": N_("受付機"),
    "system": N_("自動"),
}
