"""What somebody might hold up to a kiosk who has seen one good pass: every way to spell it wrong, seeded."""

import base64
import random
from collections.abc import Callable, Iterator

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
Mutation = Callable[[random.Random, str], str]


def meant(shown: str) -> str:
    """What the protocol lets a reader take a code for: half width, upper case, no white space around. Nothing else."""
    folded = (chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else one for one in shown.replace("\u3000", " "))
    return "".join(chr(ord(one) - 32) if "a" <= one <= "z" else one for one in folded).strip(" \t\r\n")


def raw_of(token: str) -> bytearray:
    """The 89 bytes of a pass code."""
    return bytearray(base64.b32decode(token[2:] + "="))


def spell(raw: bytes) -> str:
    """A pass code of these bytes."""
    return "P1" + base64.b32encode(raw).decode().rstrip("=")


def _other_letter(dice: random.Random, token: str) -> str:
    at = dice.randrange(len(token))
    return token[:at] + dice.choice(ALPHABET.replace(token[at], "")) + token[at + 1 :]


def _flipped_bits(dice: random.Random, token: str) -> str:
    raw = raw_of(token)
    for _ in range(dice.randint(1, 3)):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return spell(raw)


def _longer_life(dice: random.Random, token: str) -> str:
    raw = raw_of(token)
    raw[21:25] = dice.randrange(2**32).to_bytes(4)
    return spell(raw)


def _other_person(dice: random.Random, token: str) -> str:
    raw = raw_of(token)
    raw[1:17] = dice.randbytes(16)
    return spell(raw)


def _other_key(dice: random.Random, token: str) -> str:
    raw = raw_of(token)
    raw[0] = dice.randrange(256)
    return spell(raw)


def _stray_bits(dice: random.Random, token: str) -> str:
    return token[:-1] + ALPHABET[ALPHABET.index(token[-1]) | dice.randint(1, 7)]


def _truncated(dice: random.Random, token: str) -> str:
    return token[: dice.randrange(len(token))]


def _doubled(dice: random.Random, token: str) -> str:
    at = dice.randrange(len(token))
    return token[:at] + token[at] * dice.randint(2, 200) + token[at + 1 :]


def _swapped(dice: random.Random, token: str) -> str:
    first, second = sorted(dice.sample(range(len(token)), 2))
    return token[:first] + token[second] + token[first + 1 : second] + token[first] + token[second + 1 :]


def _pushed_in(dice: random.Random, token: str) -> str:
    at = dice.randrange(1, len(token))
    return token[:at] + dice.choice((" ", "\u3000", "-", "\n", "=", "\x00", "\u200b", "é", "💥", "A", "7")) + token[at:]


def _look_alike(dice: random.Random, token: str) -> str:
    alike = {"O": "0", "I": "1", "B": "8", "A": "А", "S": "ſ", "K": "\u212a", "2": "²", "3": "３\u0308"}
    places = [at for at, one in enumerate(token) if one in alike]
    at = dice.choice(places)
    return token[:at] + alike[token[at]] + token[at + 1 :]


def _other_base(dice: random.Random, token: str) -> str:
    raw = bytes(raw_of(token))
    ways = (base64.b32hexencode, base64.b64encode, base64.urlsafe_b64encode, base64.b85encode, base64.b16encode)
    return "P1" + dice.choice(ways)(raw).decode().rstrip("=")


def _padded(dice: random.Random, token: str) -> str:
    return token + "=" * dice.randint(1, 6)


def _other_version(dice: random.Random, token: str) -> str:
    return dice.choice(("P2", "P0", "Q1", "1P", "", "P", "P11", "HTTPS://EXAMPLE.JP/P1")) + token[2:]


def _noise(dice: random.Random, token: str) -> str:
    return "P1" + "".join(dice.choices(ALPHABET, k=len(token) - 2))


def _forgiven(dice: random.Random, token: str) -> str:
    shown = "".join(dice.choice((one, one.lower(), chr(ord(one) + 0xFEE0))) for one in token)
    spaces = " \t\r\n\u3000"
    return (
        "".join(dice.choices(spaces, k=dice.randrange(4))) + shown + "".join(dice.choices(spaces, k=dice.randrange(4)))
    )


MUTATIONS: tuple[Mutation, ...] = (
    _other_letter,
    _flipped_bits,
    _longer_life,
    _other_person,
    _other_key,
    _stray_bits,
    _truncated,
    _doubled,
    _swapped,
    _pushed_in,
    _look_alike,
    _other_base,
    _padded,
    _other_version,
    _noise,
    _forgiven,
)


def mutations(token: str, count: int, seed: int) -> Iterator[str]:
    """So many spellings of a good code, each kind in its turn, always the same for a seed."""
    dice = random.Random(seed)
    for number in range(count):
        yield MUTATIONS[number % len(MUTATIONS)](dice, token)
