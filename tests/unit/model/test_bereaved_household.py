"""A household that tells us of a death is not asked on."""

import pytest

from community.model.meaning.call.asides import aside_label, is_bereaved
from community.model.meaning.reading import Label
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import QuestionKind


@pytest.mark.parametrize("said", ["人已经过世了", "人都走了，上个月过世了", "人早就去世了"])
def test_a_death_told_without_a_name_ends_the_questions(said: str) -> None:
    text = plain(said)
    assert aside_label(text, QuestionKind.YES_NO) == Label.WRONG_PERSON
    assert is_bereaved(text)


@pytest.mark.parametrize("said", ["老伴去年过世了，就我一个人", "两个人，老头子走了"])
def test_who_lives_on_alone_is_not_taken_for_dead(said: str) -> None:
    assert not is_bereaved(plain(said))
