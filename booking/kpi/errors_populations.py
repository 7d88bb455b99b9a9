"""How a table of populations is told what cannot be used in it."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class MunicipalityUnknown(Refusal):
    """Neither the code nor the name of a municipality of the prefecture."""

    code = "population-municipality-unknown"
    status = 422
    sentence = N_("この市町村はありません。市町村のコードか名前をたしかめてください。")


class MunicipalityTwice(Refusal):
    """Two rows say how many people live in one municipality."""

    code = "population-twice"
    status = 422
    sentence = N_("{other}行目と同じ市町村です。正しいほうだけを残してください。")


class PopulationInFuture(Refusal):
    """A population is as of a day that has been."""

    code = "population-day-in-future"
    status = 422
    sentence = N_("いつの人口かは、今日か、それより前の日にしてください。")
