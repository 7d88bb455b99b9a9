"""Sign-in by a card's number and PIN: guessed, locked, and silent about which numbers exist."""

import asyncio

import pytest
from httpx import AsyncClient

from booking.access import service, service_sign_in
from booking.access.errors import NumberHasCard, PinLocked, PinTooEasy, TooManyAttempts, WrongPin
from booking.access.schemas import NOBODY, SYSTEM, AccountKind
from booking.kit import db as house_db
from tests.conftest import Clock
from tests.make.access import make_browser, make_card

pytestmark = pytest.mark.anyio
NUMBER, PIN = "12345674", "8052"


async def _try(pin: str, number: str = NUMBER, device: str = "d", network: str = "n") -> str:
    signed_in = await service_sign_in.sign_in_with_pin(number, pin, make_browser(device, network), before=NOBODY)
    return signed_in.cookie


async def test_a_child_signs_in_with_card_and_pin(client: AsyncClient, clock: Clock) -> None:
    card = await make_card()
    assert (await client.get("/sign-in/card")).status_code == 200
    answer = await client.post("/sign-in/card", data={"number": "1234-5674", "pin": "８０５２", "next": "/pass"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/pass")
    actor = await service.actor_of_cookie(client.cookies["booking"])
    assert (actor.id, actor.account_kind, actor.grants) == (card.id, AccountKind.CARD, ())


async def test_the_pin_is_kept_as_argon2id(db: None, clock: Clock) -> None:
    await make_card()
    assert str(await house_db.fetchval("select secret from credential")).startswith("$argon2id$")


async def test_five_wrong_pins_lock_to_the_desk(db: None, clock: Clock) -> None:
    card = await make_card()
    for number in range(4):
        with pytest.raises(WrongPin):
            await _try("0001", device=f"d{number}")
    for pin in ("0001", PIN):
        with pytest.raises(PinLocked):
            await _try(pin, device="another")
    clock.advance(days=400)
    with pytest.raises(PinLocked):
        await _try(PIN)
    await service.set_pin(card.id, NUMBER, "7391", SYSTEM)
    assert await _try("7391", device="home")


async def test_a_right_pin_forgives_the_wrong_ones(db: None, clock: Clock) -> None:
    await make_card()
    for _ in range(3):
        for number in range(4):
            with pytest.raises(WrongPin):
                await _try("0001", device=f"d{number}")
        await _try(PIN, device="home")
        clock.advance(minutes=15)


async def test_guesses_at_once_are_all_counted(db: None, clock: Clock) -> None:
    await make_card()
    guesses = (_try("0001", device=f"d{number}") for number in range(20))
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(each, WrongPin | PinLocked) for each in results)
    assert await house_db.fetchval("select failed_count from credential") == 5
    with pytest.raises(PinLocked):
        await _try(PIN, device="home")


async def test_a_number_nobody_has_answers_the_same(db: None, clock: Clock) -> None:
    await make_card()
    seen: dict[str, list[str]] = {NUMBER: [], "99999999": []}
    for number, answers in seen.items():
        for attempt in range(7):
            with pytest.raises((WrongPin, PinLocked)) as refused:
                await _try("0001", number, device=f"{number}{attempt}")
            answers.append(refused.value.code)
    assert seen[NUMBER] == seen["99999999"] == ["wrong-pin"] * 4 + ["pin-locked"] * 3


async def test_guesses_of_one_device_are_limited(db: None, clock: Clock) -> None:
    for number in range(10):
        with pytest.raises(WrongPin):
            await _try("0001", f"0000000{number}")
    with pytest.raises(TooManyAttempts):
        await _try("0001", "11111111")
    with pytest.raises(WrongPin):
        await _try("0001", "11111111", device="another")


async def test_guesses_of_one_network_are_limited(db: None, clock: Clock) -> None:
    await house_db.execute(
        "insert into attempt_window (id, name, started_at, attempts) values"
        " (gen_random_uuid(), 'pin:network:n', $1, 100)",
        clock.instant,
    )
    with pytest.raises(TooManyAttempts):
        await _try(PIN)


async def test_wrong_pins_are_not_shown_again(client: AsyncClient, clock: Clock) -> None:
    await make_card()
    answer = await client.post("/sign-in/card", data={"number": NUMBER, "pin": "7777", "next": ""})
    assert answer.status_code == 422
    assert NUMBER in answer.text and "7777" not in answer.text


@pytest.mark.parametrize("pin", ["", "12", "123456789", "0000", "1234", "98765", "abcd", "12a4"])
async def test_easy_pins_are_not_set(db: None, clock: Clock, pin: str) -> None:
    account_id = await service.create_card_account("はな", "ja", SYSTEM)
    with pytest.raises(PinTooEasy):
        await service.set_pin(account_id, NUMBER, pin, SYSTEM)


async def test_one_number_is_one_card(db: None, clock: Clock) -> None:
    await make_card()
    other = await service.create_card_account("そら", "ja", SYSTEM)
    with pytest.raises(NumberHasCard):
        await service.set_pin(other, NUMBER, PIN, SYSTEM)


async def test_a_new_pin_signs_out_everywhere(db: None, clock: Clock) -> None:
    card = await make_card()
    cookie = await _try(PIN)
    await service.set_pin(card.id, NUMBER, "7391", SYSTEM)
    assert await service.actor_of_cookie(cookie) is NOBODY
