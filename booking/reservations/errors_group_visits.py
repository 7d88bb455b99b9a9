"""How a group visit is refused: to the teacher who asks, and to staff who decide."""

from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.i18n import N_
from booking.reservations.errors import BookingRefusal


class GroupRequestUnknown(NotFound):
    """There is no such request, or the address is not one of ours."""

    code = "group-request-not-found"
    sentence = N_("この申しこみは見つかりませんでした。お知らせした住所（リンク）を、もう一度確かめてください。")


class GroupRequestRefused(InvalidForm):
    """A request cannot be kept as it was written."""

    code = "group-request-refused"
    sentence = N_("申しこみの内容を見直してください。まだ送っていません。")


class GroupDecisionRefused(InvalidForm):
    """An answer to a request cannot be given as it was written."""

    code = "group-decision-refused"
    sentence = N_("返事の内容を見直してください。まだ何も決めていません。")


class GroupRequestsBusy(Refusal):
    """More requests from one network, or in all, than any day brings."""

    code = "group-requests-busy"
    status = 429
    sentence = N_("いま、申しこみがこみ合っています。まだ送っていません。10分ほど待って、もう一度送ってください。")


class PupilsMissing(Refusal):
    """Nobody would come."""

    code = "pupils-missing"
    status = 422
    sentence = N_("来る人数を、学年ごとに書いてください。おとなだけのときは、おとなの人数を書いてください。")


class GroupTooLarge(Refusal):
    """More than one visit takes."""

    code = "group-too-large"
    status = 422
    sentence = N_("一度に申しこめるのは、合わせて{most}人までです。日を分けて申しこんでください。")


class MoreWheelchairsThanPeople(Refusal):
    """More wheelchairs than people."""

    code = "more-wheelchairs-than-people"
    status = 422
    sentence = N_("車いすの数を、来る人数までにしてください。")


class WishMissing(Refusal):
    """The first date is not there."""

    code = "wish-missing"
    status = 422
    sentence = N_("第1希望の日にちと時間を書いてください。")


class WishTooFar(Refusal):
    """Later than one can plan."""

    code = "wish-too-far"
    status = 422
    sentence = N_("{last}までの日を書いてください。")


class WishTwice(Refusal):
    """The same date again."""

    code = "wish-twice"
    status = 422
    sentence = N_("前の希望と同じ日時です。ちがう日時を書くか、空けてください。")


class GroupRequestSettled(BookingRefusal):
    """What somebody wants to do does not fit how the request stands by now."""

    code = "group-request-settled"
    sentence = N_(
        "この申しこみは、そのあいだに変わりました。何も変えていません。いまの様子を見て、もう一度えらんでください。"
    )


class GroupVisitBegun(BookingRefusal):
    """The day of the visit has come."""

    code = "group-visit-begun"
    sentence = N_("その時間は、もう始まっています。何も変えていません。変えたいときは、電話で相談してください。")


class GroupsComing(Refusal):
    """Groups were to come in the time to be closed."""

    code = "groups-coming"
    sentence = N_(
        "その時間に、団体の来館が{n}件あります。まだ休みにしていません。団体に知らせてよいか、確かめてください。"
    )


class RoomsDoNotAddUp(Refusal):
    """The rooms hold another number than comes."""

    code = "rooms-do-not-add-up"
    status = 422
    sentence = N_("部屋の人数を合わせると{sum}人です。来る{n}人と同じにしてください。")


class RoomTooSmall(Refusal):
    """More people than fit into a room."""

    code = "room-too-small"
    status = 422
    sentence = N_("{space}に入れるのは{capacity}人までです。")


class WheelchairsDoNotFit(Refusal):
    """The rooms chosen have fewer places for wheelchairs."""

    code = "wheelchairs-do-not-fit"
    status = 422
    sentence = N_("えらんだ部屋の車いすの場所は、合わせて{places}です。車いす{n}台が入れる部屋をえらんでください。")


class GroupOutsideHours(Refusal):
    """The place is not open then."""

    code = "group-outside-hours"
    status = 422
    sentence = N_("この施設は、その時間に開いていません。それでも受け入れるときは、下の印を付けてください。")


class GroupVisitNotApproved(BookingRefusal):
    """There is a letter only of a visit that is approved."""

    code = "group-visit-not-approved"
    sentence = N_(
        "受け入れのお知らせは、来館が決まると出せます。まだ出せません。いまの様子を、前のページで見てください。"
    )
