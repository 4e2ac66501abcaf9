"""How long is waited, and what of a text is kept."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.limits import TurnLimits, clean_text
from bot.rasa_client import plain_text


def test_retries_wait_longer_and_longer_up_to_five_minutes():
    waits = [TurnLimits().retry_after(tries).total_seconds() for tries in (0, 1, 2, 3, 6, 7, 8, 10_000)]
    assert waits == [5, 5, 10, 20, 160, 300, 300, 300]
    assert TurnLimits().retry_after(1) == timedelta(seconds=5)


def test_lines_emoji_and_tabs_stay():
    assert clean_text("第一行\r\n第二行\r\t👨‍👩‍👧 ") == "第一行\n第二行\n\t👨‍👩‍👧"


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_stored_and_sent_afterwards(text):
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean_text(cleaned) == cleaned


@given(st.text(max_size=3000))
def test_rasa_never_gets_a_command_nothing_or_too_much(text):
    plain = plain_text(text)
    assert plain
    assert not plain.startswith("/")
    assert len(plain) <= 2000


def test_a_command_is_taken_for_words():
    assert plain_text(" //restart") == "restart"
    assert plain_text("／affirm") == "affirm"
    assert plain_text("/") == "？"
