"""What can be wrong with a kiosk, in stable codes, and how it is said to staff."""

from collections.abc import Iterable

from booking.kiosks.rules import CLOCK_WRONG_MS
from booking.kit.i18n import N_

SAID = (
    "camera-missing",
    "camera-coarse",
    "clock-wrong",
    "storage-not-persistent",
    "storage-low",
    "scans-parked",
    "app-crashed",
    "voice-missing",
)
"""What a device says of itself, in the order in which staff read it."""
SEEN = ("silent", "queue-stuck", "version-old")
"""What the service sees of a device."""
WORDS = {
    "silent": N_("開いている時間に、2分以上連絡がありません"),
    "queue-stuck": N_("読み取りが、10分以上送られていません"),
    "scans-parked": N_("受け付けられなかった読み取りが、機器に残っています"),
    "camera-missing": N_("カメラが使えません"),
    "camera-coarse": N_("カメラの画像が粗く、コードを読みにくくなっています"),
    "clock-wrong": N_("時計が2分よりずれています"),
    "storage-not-persistent": N_("記録が消えることがあります"),
    "storage-low": N_("保存する場所が、残りわずかです"),
    "app-crashed": N_("受付の画面が、1時間のうちに止まって、動きなおしました"),
    "voice-missing": N_("声が出ません"),
    "version-old": N_("受付の画面が、古い版のままです"),
}
TO_DO = {
    "silent": N_("電源とネットワークを見てください。受付は機器だけでも続いています。記録は、つながれば送られます。"),
    "queue-stuck": N_("ネットワークを見てください。電源を切らず、画面を閉じないでください。"),
    "scans-parked": N_("機器の職員メニューで中身を見て、来館の画面から記録してください。"),
    "camera-missing": N_("機器の設定で、このページにカメラを許してください。そのあいだは番号で受け付けます。"),
    "camera-coarse": N_("レンズをふいてください。なおらなければ、1280×720より細かいカメラに替えてください。"),
    "clock-wrong": N_("機器の設定で、日付と時刻を自動にしてください。"),
    "storage-not-persistent": N_("ホーム画面に追加したアイコンから開きなおしてください。"),
    "storage-low": N_("機器のほかのアプリや写真を消してください。"),
    "app-crashed": N_("くりかえすときは、機器を再起動してください。記録は残っています。"),
    "voice-missing": N_("機器の音量と、読み上げの声が入っているかを見てください。"),
    "version-old": N_(
        "受付機をさわっていないときに、ひとりでに新しくなります。半日続くなら、画面を開きなおしてください。"
    ),
}


TRIED = (
    N_("電源を入れなおした"),
    N_("ネットワークにつなぎなおした"),
    N_("受付の画面を開きなおした"),
    N_("カメラとレンズを確かめた"),
    N_("日付と時刻を自動にした"),
    N_("機器を入れかえた"),
)
"""What staff tick on the sheet before they call the contractor."""


def faults_said(
    faults: Iterable[str], *, clock_offset_ms: int, is_storage_persistent: bool, parked: int, camera: str
) -> list[str]:
    """What is wrong by a device's own words; an older app that sends no codes says it by its figures."""
    found = set(faults).intersection(SAID)
    if abs(clock_offset_ms) > CLOCK_WRONG_MS:
        found.add("clock-wrong")
    if not is_storage_persistent:
        found.add("storage-not-persistent")
    if parked:
        found.add("scans-parked")
    if camera == "coarse":
        found.add("camera-coarse")
    return [one for one in SAID if one in found]


def is_older(version: str | None, served: str) -> bool:
    """Whether an app is older than the one the service serves; what cannot be read is not."""
    parts = [each.split(".") for each in (version or "", served)]
    if not all(number.isdecimal() for part in parts for number in part):
        return False
    mine, ours = ([int(number) for number in part] for part in parts)
    return mine < ours
