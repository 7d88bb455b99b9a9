"""How the names of towns are said to those who do not read kanji: in Latin letters, from their reading."""

from itertools import pairwise

_KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん"
    "がぎぐげござじずぜぞだでどばびぶべぼぱぴぷぺぽ"
)
_SAID = """a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo
ya yu yo ra ri ru re ro wa n ga gi gu ge go za ji zu ze zo da de do ba bi bu be bo pa pi pu pe po"""
_LETTERS = dict(zip(_KANA, _SAID.split(), strict=True))
_SMALL = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_ENDINGS = ("し", "まち", "ちょう", "むら", "そん")


def in_letters(kana: str) -> str:
    """A reading in Hepburn letters without marks for long vowels, as signs in Gunma write it: おおいずみ → Oizumi."""
    said = ""
    for letter, after in pairwise(f"{kana} "):
        if letter in _SMALL:
            said = said.removesuffix("i")
            said += _SMALL[letter] if said.endswith(("sh", "ch", "j")) else f"y{_SMALL[letter]}"
        elif letter == "っ":
            said += _LETTERS.get(after, " ")[0]
        else:
            said += _LETTERS.get(letter, letter)
    for long, short in (("oo", "o"), ("ou", "o"), ("uu", "u")):
        said = said.replace(long, short)
    return said.capitalize()


def town_in_letters(kana: str) -> str:
    """A town without its kind: まえばしし → Maebashi."""
    ending = next((ending for ending in _ENDINGS if kana.endswith(ending)), "")
    return in_letters(kana.removesuffix(ending))
