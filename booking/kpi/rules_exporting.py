"""The words inside the file an auditor recomputes a year from: what it is, how to check it by hand, every column."""

import msgspec

from booking.kit.fiscal import fiscal_span
from booking.kpi.rules import DefinitionStatus
from booking.kpi.rules_signing import fingerprint
from booking.kpi.schemas_exporting import Manifest

README, SQL, VISITS, IMPORTS, MANIFEST = "README.txt", "figure.sql", "visits.tsv", "imports.tsv", "manifest.json"
NAMES = (VISITS, IMPORTS, SQL, README, MANIFEST)
"""The files within, in their order."""
PURPOSE = "booking-kpi-export"
COLUMNS = (
    ("visits.tsv", ""),
    ("id", "来館の番号。個人の番号ではありません / of the visit, not of a person"),
    ("facility", "場所 / place"),
    ("body", "団体コード / body"),
    ("brand", "tumo, tsukurun"),
    ("visited_on", "入館した日（日本時間） / local day of entry"),
    ("entered_at, left_at", "入館・退館の時刻（UTC）。退館が空なら、まだ中 / entry and exit, UTC; empty: still inside"),
    ("kind", "member 会員, anonymous 名前のない人, group 団体"),
    ("heads", "人数（団体と名前のない人） / heads of groups and of visits without a name"),
    (
        "person_key",
        "年度ごとに作った無作為の値。だれかは、このファイルからは分かりません / random per person and fiscal year",
    ),
    ("session", "コマ。空なら、コマの外 / session; empty: outside any"),
    ("program, category", "プログラムと、その種類 / program and its kind"),
    ("municipality, school_stage", "住んでいる市町村、学校段階 / municipality and school stage"),
    ("entered_by", "scan 読み取り, staff 係の人, paper 紙, import 取り込み"),
    ("closed_by", "退館のしかた / how the stay ended"),
    ("imports.tsv", ""),
    ("facility, body, brand, month_on", "場所、団体、月の初日 / place, body, first day of the month"),
    ("person_days, person_sessions", "このサービスより前の、月の合計 / total of the month from before this service"),
)


def signed_part(manifest: Manifest) -> bytes:
    """The bytes a manifest's signature is under."""
    return msgspec.json.encode(msgspec.structs.replace(manifest, signature=""))


def manifest_bytes(manifest: Manifest) -> bytes:
    """A manifest as it stands in the file."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def figure_sql(manifest: Manifest, statement: str) -> bytes:
    """The same question to the database itself, with the values it is asked with."""
    reading, (from_on, until_on) = manifest.definition, fiscal_span(manifest.fiscal_year)
    given = (
        *(reading.places, reading.counts_trials, reading.counts_groups, reading.counts_staff_entries),
        *(reading.counts_imports, reading.min_stay_minutes, from_on, until_on, manifest.body),
    )
    said = "".join(f"-- ${n} = {value}\n" for n, value in enumerate(given, 1))
    return f"{_standing(manifest, '-- ')}{said}{statement}".encode()


def readme(manifest: Manifest) -> bytes:
    """The page to read first."""
    whose = f"{manifest.body_name} {manifest.body}".strip() or "計画の全体 / the whole plan"
    columns = "\n".join(f"  {name}: {what}" if what else f"\n{name}" for name, what in COLUMNS)
    return f"""年間利用者数 {manifest.fiscal_year}年度　{whose}
Annual users, fiscal year {manifest.fiscal_year}
{_standing(manifest, "")}
監査のためのファイルです。人数の少ない行があるので、公開したり、配ったりしないでください。名前、会員番号、連絡先は入っていません。
For auditors. It holds rows of few people: do not publish or pass it on. No names, member numbers or contacts are in it.

たしかめる / To check it
  booking kpi verify FILE.zip
データベースも設定もいりません。数字を行から数えなおし、1行でも変わっていれば、そう言います。
Needs no database and no settings. Counts the figure again from the rows; a single changed field is said.

手でたしかめる / By hand
  unzip FILE.zip
  cat visits.tsv imports.tsv | sha256sum
{manifest.digest}
と同じになります。締めと確定のページの「照合の値（SHA-256）」とも同じです（確定した年度だけ）。
is what it says, and what the page of closing shows (of a certified year).
署名の鍵 / Key of the signature: {fingerprint(manifest.public_key)}
締めと確定のページの鍵と、くらべてください。 / Compare it with the one on the page of closing.

ファイル / Files
  manifest.json  数字、数え方、確定した人、そのあとの差 / figure, definition, who certified it, what differs since
  visits.tsv     数えた来館。UTF-8、タブ区切り、見出しなし / visits, UTF-8, tab between, no heading
  imports.tsv    このサービスより前の月の合計 / totals of months from before this service
  figure.sql     同じ数字を、データベースに聞く文 / the same question to the database
{columns}
""".encode()


def _standing(manifest: Manifest, lead: str) -> str:
    """Certified or provisional, under which reading; a reading nobody has confirmed is provisional itself."""
    reading, by = manifest.definition, manifest.certification
    is_assumed = reading.status is DefinitionStatus.ASSUMED
    said = f"{lead}数え方 / reading: {reading.name} ({reading.code}){'（仮 / assumed）' if is_assumed else ''}\n"
    if by is None:
        on = manifest.as_of_on
        return f"{lead}暫定（{on}現在）。確定していません。 / PROVISIONAL as of {on}: nobody has certified it.\n{said}"
    return f"{lead}確定 / certified: {by.office} {by.certified_by} ({by.certified_at.date()})\n{said}"
