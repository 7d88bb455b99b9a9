"""How a room that weekly sessions would take says no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_, format_day, format_span, translate


class RoomTakenOnDays(Refusal):
    """Something else is in the room on some of the days; each is named."""

    code = "room-taken-on-days"
    status = 422
    sentence = N_(
        "{space}は、次の日にもう使われています。{days}。別の部屋か時間にするか、その日だけ部屋なしで作ることをえらんでください。まだ何も変えていません。"
    )
    named = N_("{day} {span}（{used_by}）")
    more = N_("ほか{n}日")
    shown = 12
    """So many days are named; there may be a year of them."""

    def say(self, language: str) -> str:
        """The sentence in a language, with the days in it."""
        clashes = self.params["clashes"]
        named = [
            translate(
                self.named,
                language,
                day=format_day(one.starts_at, language),
                span=format_span(one.starts_at, one.ends_at, language),
                used_by=translate(one.used_by, language),
            )
            for one in clashes[: self.shown]
        ]
        left = len(clashes) - len(named)
        days = "、".join([*named, *([translate(self.more, language, n=left)] if left else [])])
        return translate(self.sentence, language, space=self.params["space"], days=days)
