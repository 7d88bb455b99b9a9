"""How the device register says no."""

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_


class PairingCodeUnknown(Refusal):
    """No kiosk waits for this code."""

    code = "pairing-code-unknown"
    status = 404
    sentence = N_("この番号で待っている受付機はありません。職員の画面に出ている8文字を、もう一度入れてください。")


class PairingCodeUsed(Refusal):
    """A code pairs one device, and another one has it."""

    code = "pairing-code-used"
    status = 409
    sentence = N_(
        "この番号は、もう別の機器で使われました。この機器はまだ受付機ではありません。職員の画面で新しい番号を出してください。"
    )


class PairingCodeExpired(Refusal):
    """The code was not used in time."""

    code = "pairing-code-expired"
    status = 410
    sentence = N_(
        "この番号の期限は過ぎました。この機器はまだ受付機ではありません。職員の画面で新しい番号を出してください。"
    )


class KioskRevoked(Refusal):
    """The token is not, or no longer, that of a kiosk."""

    code = "kiosk-revoked"
    status = 401
    sentence = N_("この機器は、いま受付機として登録されていません。職員の画面で番号を出して、登録してください。")


class KioskUnknown(Refusal):
    """There is no such kiosk for this person."""

    code = "kiosk-unknown"
    status = 404
    sentence = N_("この受付機は登録にありません。一覧から選んでください。")


class KioskFormRefused(InvalidForm):
    """A kiosk cannot be put on the register as asked."""

    code = "kiosk-form-refused"
    sentence = N_("受付機の内容を見直してください。まだ何も保存していません。")


class KioskNameMissing(Refusal):
    """A kiosk has a name by which staff find the device."""

    code = "kiosk-name-missing"
    status = 422
    sentence = N_("受付機の名前を{n}文字までで書いてください。例：1階入口")


class NoFacilityChosen(Refusal):
    """A kiosk serves at least one facility."""

    code = "no-facility-chosen"
    status = 422
    sentence = N_("この受付機で入る施設を、1つ以上えらんでください。")


class NotOnePlace(Refusal):
    """Facilities of one kiosk share an entrance."""

    code = "not-one-place"
    status = 422
    sentence = N_("入口の違う施設が選ばれています。同じ入口の施設だけをえらんでください。")


class KioskAppMissing(Refusal):
    """The app of the door was not built into this installation."""

    code = "kiosk-app-missing"
    status = 503
    sentence = N_(
        "入口の受付のプログラムが、まだ入っていません。kiosk フォルダーで npm ci と npm run build を実行してください。"
    )


class StaffPinRefused(Refusal):
    """The number is too short, too long or too easy."""

    code = "staff-pin-refused"
    status = 422
    sentence = N_("6桁から8桁の数字にしてください。111111 や 123456 のような数字は、すぐに当てられるので使えません。")


class StaffPinUnset(Refusal):
    """Nobody has given this kiosk a number for its staff menu."""

    code = "staff-pin-unset"
    status = 404
    sentence = N_("この受付機には、まだ職員用の番号がありません。「新しい番号をつくる」を押してください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
