"""How towns are said in Latin letters: as Gunma's signs write them."""

import pytest

from booking.facilities.rules_names import in_letters, town_in_letters


@pytest.mark.parametrize(
    ("kana", "said"),
    [
        ("まえばしし", "Maebashi"),
        ("きりゅうし", "Kiryu"),
        ("おおたし", "Ota"),
        ("しんとうむら", "Shinto"),
        ("なかのじょうまち", "Nakanojo"),
        ("しょうわむら", "Showa"),
        ("おおいずみまち", "Oizumi"),
        ("おうらまち", "Ora"),
        ("なんもくむら", "Nanmoku"),
    ],
)
def test_a_town_is_said_as_signs_write_it(kana: str, said: str) -> None:
    assert town_in_letters(kana) == said


def test_a_doubled_consonant_is_doubled() -> None:
    assert in_letters("さっぽろ") == "Sapporo"
