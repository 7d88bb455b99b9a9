"""Every way in which somebody is not let in."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class SignInNeeded(Refusal):
    """Nobody is signed in. `page` is where a browser is sent."""

    code = "sign-in-needed"
    status = 401
    sentence = N_("ここから先は、サインインした人のページです。サインインすると、つづけられます。")

    def __init__(self, *, staff: bool = False) -> None:
        super().__init__()
        self.page = "/staff/sign-in" if staff else "/sign-in"
        self.headers = {"www-authenticate": "Bearer"}


class SecondFactorNeeded(Refusal):
    """Staff have proved their address and not yet the second factor."""

    code = "second-factor-needed"
    status = 401
    sentence = N_("あと1つ、認証アプリの6けたの数字が必要です。")
    page = "/staff/sign-in/second"
    headers = {"www-authenticate": "Bearer"}


class NotAllowed(Refusal):
    """Signed in, and this is not for that role or place."""

    code = "not-allowed"
    status = 403
    sentence = N_(
        "このページは、あなたの役割では開けません。何も変わっていません。必要なときは、管理者に相談してください。"
    )


class TooManyAttempts(Refusal):
    """Too many tries in too short a time."""

    code = "too-many-attempts"
    status = 429
    sentence = N_("短い時間に何度もためしたので、少しお休みします。{n}分たったら、もう一度ためしてください。")

    def __init__(self, *, wait_seconds: int) -> None:
        super().__init__(n=max(1, -(-wait_seconds // 60)))
        self.headers = {"retry-after": str(max(1, wait_seconds))}


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
