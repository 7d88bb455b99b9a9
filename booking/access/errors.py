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


class WrongAddress(Refusal):
    """What was typed cannot be a mail address."""

    code = "wrong-address"
    status = 422
    sentence = N_("メールアドレスは、name@example.jp の形で書いてください。")


class WrongCode(Refusal):
    """The digits typed are not those mailed."""

    code = "wrong-code"
    status = 422
    sentence = N_("番号がちがいます。メールの6けたの数字を、もう一度見て入れてください。")


class CodeExpired(Refusal):
    """There is no code to be typed any more on this browser: used, ten minutes old, or five times wrong."""

    code = "code-expired"
    status = 409
    sentence = N_("この番号は、もう使えません。新しい番号を送ってください。番号は10分だけ、送った画面でだけ使えます。")


class WrongPin(Refusal):
    """Number and PIN do not belong together; the same for a number nobody has."""

    code = "wrong-pin"
    status = 422
    sentence = N_("番号かPINが、カードとちがいます。カードを見て、もう一度入れてください。")


class PinLocked(Refusal):
    """Five wrong PINs: only the desk opens it again."""

    code = "pin-locked"
    status = 403
    sentence = N_(
        "5回ちがったので、このカードのサインインを止めました。予約はそのままです。受付で、新しいPINにできます。"
    )


class PinTooEasy(Refusal):
    """A PIN that others guess first, or none."""

    code = "pin-too-easy"
    status = 422
    sentence = N_("PINは4〜8けたの数字です。0000や1234のように、すぐ分かるものは使えません。別の数字にしてください。")


class NumberHasCard(Refusal):
    """Another account already signs in with this number."""

    code = "number-has-card"
    status = 409
    sentence = N_("この番号には、もうカードのサインインがあります。そのPINを新しくしてください。")


class AccountEnded(Refusal):
    """The account has been closed."""

    code = "account-ended"
    status = 403
    sentence = N_("このアカウントは終わっています。もう一度使いたいときは、受付に相談してください。")


class NotStaff(Refusal):
    """The address is proved, and belongs to nobody of the staff."""

    code = "not-staff"
    status = 403
    sentence = N_("このメールアドレスは、職員として登録されていません。管理者に、登録をたのんでください。")


class LinkUsed(Refusal):
    """A one-time link was opened a second time."""

    code = "link-used"
    status = 409
    sentence = N_(
        "このリンクは、もう使われました。リンクは1回だけ使えます。必要なときは、新しいリンクをたのんでください。"
    )


class LinkExpired(Refusal):
    """A one-time link is too old, or there never was one."""

    code = "link-expired"
    status = 409
    sentence = N_("このリンクは、もう使えません。作ってから24時間で終わります。新しいリンクをたのんでください。")


class ProviderAway(Refusal):
    """The provider does not answer, or not as agreed."""

    code = "provider-away"
    status = 503
    sentence = N_("{label}と話せませんでした。少し待って、もう一度ためしてください。ほかの方法でもサインインできます。")


class ProviderOff(Refusal):
    """There is no such provider, or its body has switched it off."""

    code = "provider-off"
    status = 404
    sentence = N_("このサインインの方法は、いまは使えません。ほかの方法でサインインしてください。")


class ProviderSaidNo(Refusal):
    """Whoever was sent to the provider came back without having agreed."""

    code = "provider-said-no"
    status = 403
    sentence = N_("{label}でのサインインは、とちゅうで終わりました。何も変わっていません。もう一度えらんでください。")


class FlowOver(Refusal):
    """What came back from a provider was never asked for on this browser, is too old, or came before."""

    code = "flow-over"
    status = 409
    sentence = N_(
        "このサインインは、もう終わっているか、別の画面で始まったものです。もう一度、はじめから進んでください。"
    )


class NotProved(Refusal):
    """The provider's token does not prove what it should."""

    code = "not-proved"
    status = 403
    sentence = N_("サインインを確かめられませんでした。何も変わっていません。もう一度、はじめから進んでください。")


class IdentityTaken(Refusal):
    """Another registered account signs in with this identity."""

    code = "identity-taken"
    status = 409
    sentence = N_(
        "この{label}は、別のアカウントにつながっています。そちらでサインインして、つながりを外してから、ためしてください。"
    )


class PasskeyRefused(Refusal):
    """A passkey's answer does not fit what was asked, or nobody has this passkey."""

    code = "passkey-refused"
    status = 403
    sentence = N_(
        "このパスキーでは、サインインできませんでした。何も変わっていません。ほかの方法でサインインしてください。"
    )


class PasskeyUnverified(Refusal):
    """Staff used a passkey that did not ask for finger, face or PIN."""

    code = "passkey-unverified"
    status = 403
    sentence = N_(
        "職員は、指や顔や暗証番号で確かめるパスキーだけを使えます。メールと認証アプリでサインインしてください。"
    )


class PasskeyKnown(Refusal):
    """This passkey has been added before."""

    code = "passkey-known"
    status = 409
    sentence = N_("このパスキーは、もう追加されています。そのままお使いください。")


class StaffNotMoved(Refusal):
    """Only residents' accounts are moved at the desk."""

    code = "staff-not-moved"
    status = 409
    sentence = N_("このアカウントは、受付では移せません。職員のときは、管理者が新しいリンクを作ります。")


class PaperNeeded(Refusal):
    """The desk has not said which identity paper it saw."""

    code = "paper-needed"
    status = 422
    sentence = N_("見た書類を、えらんでください。")


class AddressTaken(Refusal):
    """The address belongs to another account."""

    code = "address-taken"
    status = 409
    sentence = N_("このメールアドレスは、別のアカウントで使われています。いまのアドレスのままです。")


class LastWayIn(Refusal):
    """Taking this away would leave no way to sign in."""

    code = "last-way-in"
    status = 409
    sentence = N_("これを外すと、サインインできなくなります。先に、ほかの方法を追加してください。")


class WrongIssuer(Refusal):
    """Not an address under which a provider can be reached safely."""

    code = "wrong-issuer"
    status = 422
    sentence = N_("発行者は https:// で始まるアドレスです。最後の / や ? は付けません。例：https://id.example.jp")


class WrongSecretName(Refusal):
    """The variable that holds a secret has a name of another kind, or another body's."""

    code = "wrong-secret-name"
    status = 422
    sentence = N_("環境変数の名前は {prefix} で始めます。大文字、数字、_ だけを使います。例：{prefix}LINE")

    def __init__(self, *, prefix: str) -> None:
        super().__init__(prefix=prefix)


class ClientNeeded(Refusal):
    """A provider knows us by an identifier."""

    code = "client-needed"
    status = 422
    sentence = N_("クライアントID（LINEではチャネルID）を、提供元の画面から写してください。")


class WrongKind(Refusal):
    """Neither LINE nor an OpenID provider."""

    code = "wrong-kind"
    status = 422
    sentence = N_("種類は、LINEかOpenID Connectからえらんでください。")


class NotEnrolled(Refusal):
    """Staff without a second factor: the one-time link has not been used yet."""

    code = "not-enrolled"
    status = 403
    sentence = N_("まだ認証アプリが登録されていません。管理者から受け取ったリンクを開いて、登録してください。")


class WrongTotp(Refusal):
    """The authenticator's digits are not those of now."""

    code = "wrong-totp"
    status = 422
    sentence = N_(
        "認証アプリの数字がちがいます。いま表示されている6けたを入れてください。時計がずれていないかも見てください。"
    )


class TotpUsed(Refusal):
    """The authenticator's digits have been used already; each works once."""

    code = "totp-used"
    status = 409
    sentence = N_("この数字は、もう使われました。30秒ほど待って、次の数字を入れてください。")


class StaffExists(Refusal):
    """The address already belongs to an account."""

    code = "staff-exists"
    status = 409
    sentence = N_("このメールアドレスは、もう登録されています。職員なら、一覧から役割を足してください。")


class WrongRole(Refusal):
    """Not a role this can have."""

    code = "wrong-role"
    status = 422
    sentence = N_("役割は、一覧の中から選んでください。")


class WrongScope(Refusal):
    """A role must be given for a body or facility that the giver may decide about."""

    code = "wrong-scope"
    status = 422
    sentence = N_("範囲は、あなたが管理する団体か施設から選んでください。")


class LabelNeeded(Refusal):
    """Something must have a name that people recognise."""

    code = "label-needed"
    status = 422
    sentence = N_("あとで分かる名前を書いてください。100文字までです。")


class PrivateAddressesMany(Refusal):
    """An account has as many private addresses as it can."""

    code = "private-addresses-many"
    status = 409
    sentence = N_("カレンダーのアドレスは、{most}つまでです。使っていないものを止めてから、もう一度作ってください。")


class LastAdministrator(Refusal):
    """Ending this would leave nobody who could let anyone in."""

    code = "last-administrator"
    status = 409
    sentence = N_("自分のアカウントは、自分では終わりにできません。ほかの管理者にたのんでください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "passkey_credential_id_key": PasskeyKnown,
    "credential_login_name_key": NumberHasCard,
    "account_email_key": StaffExists,
}
