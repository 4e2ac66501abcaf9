"""Who belongs to a resident, by their own words."""

import pytest

from community.model.meaning.call.kin import belongs_to_resident


@pytest.mark.parametrize(
    "said", ["我是她女儿", "她是我妈", "王桂英是我奶奶", "我是她儿媳妇", "我是邻居", "我是照顾她的保姆"]
)
def test_family_and_those_who_look_after_somebody_belong(said: str) -> None:
    assert belongs_to_resident(said)


@pytest.mark.parametrize("said", ["我不是她女儿", "不认识她", "我妈不叫这个", "没有这个人", "喂"])
def test_who_denies_it_does_not(said: str) -> None:
    assert not belongs_to_resident(said)
