"""Somebody in danger is recognised, by rule and with a second opinion; a near miss is not."""

import json
from pathlib import Path

import pytest

from benchmarks.train_danger_opinion import TARGET, everything, fingerprint, vocabulary
from community.files.danger_knowledge import WEIGHTS, load_danger_opinion
from community.model.hazards.afterwards import says_it_is_over, says_yes
from community.model.hazards.emergency import detect_emergency
from community.model.hazards.recognising import recognise
from community.texts.say import say
from community.usecases.recognise_emergency import recognise_emergency

#: What was measured when the figures in docs/assistant.md were taken, less a little.
FRESH_RECALL, FRESH_FALSE = 0.9, 0.07
LINES = Path(__file__).parents[2] / "evaluation" / "emergencies"


def lines(folder: Path = LINES) -> list[dict[str, str | None]]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_every_emergency_of_the_evaluation_is_recognised() -> None:
    missed = [line["text"] for line in lines() if line["service"] and detect_emergency(str(line["text"])) is None]
    assert missed == []


def test_the_right_number_is_told() -> None:
    known = [line for line in lines() if line["service"]]
    right = sum(
        found is not None and line["service"] in found.services
        for line in known
        if (found := detect_emergency(str(line["text"])))
    )
    assert right / len(known) >= 0.95


def test_near_misses_raise_no_alarm() -> None:
    near = [line for line in lines() if not line["service"]]
    false = [line["text"] for line in near if detect_emergency(str(line["text"])) is not None]
    assert len(false) / len(near) <= 0.02, false


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("厨房漏煤气了", "gas"),
        ("三号楼着火了", "119"),
        ("我爸晕倒了叫不醒", "120"),
        ("有人拿刀砍人", "110"),
        ("我屋企著火喇", "119"),
    ],
)
def test_the_first_number_is_the_one_to_call_first(text: str, first: str) -> None:
    found = detect_emergency(text)
    assert found is not None
    assert found.services[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "我家住119号楼",
        "打我儿子电话13800000123",
        "老伴瘫在床上，我能走吗",
        "腿断了去年好的",
        "昨天着火了，已经扑灭了",
        "下午消防演习",
        "灭火器怎么用",
        "最近上火了",
        "这灶打不着火",
        "",
        "🙂",
        '[语音 8"]',
    ],
)
def test_what_is_not_danger_now_stays_quiet(text: str) -> None:
    assert detect_emergency(text) is None


def test_what_begins_again_counts_though_it_had_been_over() -> None:
    assert detect_emergency("上午燃气公司修好了，这会儿又闻到煤气味") is not None


def test_who_comes_back_from_elsewhere_is_heard() -> None:
    assert detect_emergency("刚看完电视，我爸突然倒在地上叫不醒") is not None


def test_who_insists_is_believed() -> None:
    assert detect_emergency("不是演习，三楼真着火了") is not None


@pytest.mark.parametrize(
    ("text", "advice", "first"),
    [
        ("救命，我胸口疼得不行", "medical", "120"),
        ("救救我，肚子疼", "medical", "120"),
        ("救命啊我老伴晕倒了", "medical", "120"),
        ("救命，我流血不止", "bleeding", "120"),
        ("救命，被困电梯里了", "elevator", "119"),
        ("救命，着火了", "fire", "119"),
        ("救命啊！快来人", "help", "120"),
        ("救命，他打我，我流血了", "violence", "110"),
        ("救命他追我到小区门口了", "violence", "110"),
        ("隔壁在喊救命", "violence", "110"),
    ],
)
def test_the_advice_to_a_cry_for_help_is_for_what_is_told_beside_it(text: str, advice: str, first: str) -> None:
    found = recognise_emergency(text)
    assert found is not None
    assert (found.advice_key, found.services[0]) == (advice, first)
    assert "110" in found.services, "it may be that as well"
    assert first in say("emergency", f"advice.{advice}", gas_phone="")


def test_a_very_long_text_is_read_in_no_time() -> None:
    assert detect_emergency("路灯坏了，" * 400) is None


def alarm(text: str, *, asked: bool = True) -> tuple[str, ...] | None:
    """The numbers told; None where no alarm is raised."""
    found = recognise_emergency(text, asked=asked)
    return None if found is None or found.suspected else found.services


def test_what_the_rules_were_worked_out_on_is_not_lost_with_the_second_opinion() -> None:
    known = lines()
    missed = [line["text"] for line in known if line["service"] and recognise_emergency(str(line["text"])) is None]
    raised = [line for line in known if line["service"] and alarm(str(line["text"]))]
    false = [line["text"] for line in known if not line["service"] and alarm(str(line["text"]))]
    assert len(missed) / sum(bool(line["service"]) for line in known) <= 0.015, missed
    assert len(raised) / sum(bool(line["service"]) for line in known) >= 0.98
    assert len(false) / sum(not line["service"] for line in known) <= 0.05, false


def test_lines_that_nothing_was_learned_from_are_understood_as_well_as_before() -> None:
    fresh = lines(LINES / "fresh")
    real, near = ([line for line in fresh if bool(line["service"]) is wanted] for wanted in (True, False))
    raised = [line for line in real if alarm(str(line["text"]))]
    right = [line for line in raised if line["service"] in (alarm(str(line["text"])) or ())]
    false = [line["text"] for line in near if alarm(str(line["text"]))]
    assert len(raised) / len(real) >= FRESH_RECALL
    assert len(right) / len(raised) >= 0.93
    assert len(false) / len(near) <= FRESH_FALSE, false


@pytest.mark.parametrize(
    "text",
    [
        "刚看电视里着火，结果我家厨房真着了",
        "我妈叫不醒",
        "屋里一股臭鸡蛋味",
        "电梯不动了里头有人",
        "老爷子摔了起不来",
        "119号楼着火了",
        "不是演习，真着火了",
        "zhao huo le kuai lai ren",
        "zhaohuole 3hao lou",
        "wo ma yun dao le jiao bu xing",
        "dian ti li you ren kun zhu le",
        "hai zi diao he li le",
        "ta na dao yao kan ren",
        "厨房招火了，灭不了",
    ],
)
def test_how_people_in_danger_speak(text: str) -> None:
    assert alarm(text), recognise_emergency(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("帮我打120", "120"),
        ("快打999", "120"),
        ("Call 999!", "120"),
        ("快打幺二零！", "120"),
        ("有没有人，快叫救护车", "120"),
        ("打119啊", "119"),
        ("赶紧叫消防", "119"),
        ("快报警", "110"),
        ("快喊警察来", "110"),
        ("jiu ming", "120"),
        ("kuai bao jing!", "110"),
        ("da 119 kuai", "119"),
    ],
)
def test_a_bare_cry_for_help_is_never_weighed(text: str, first: str) -> None:
    emergency = recognise_emergency(text)
    assert emergency is not None
    assert not emergency.suspected
    assert emergency.services[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "120怎么打",
        "打120要钱吗",
        "帮我打999元",
        "快打9991234",
        "昨天帮我叫了救护车",
        "不用打120了",
        "帮我打个电话给物业",
        "快递员报警了",
        "帮我叫个车",
        "lu deng huai le",
        "dian ti tai man le",
        "bao jing qi zen me an zhuang",
    ],
)
def test_words_of_calling_for_help_are_no_cry_by_themselves(text: str) -> None:
    emergency = recognise_emergency(text)
    assert emergency is None or emergency.suspected


def test_a_suspicion_is_only_asked_about_where_somebody_spoke_to_the_bot() -> None:
    opinion = load_danger_opinion()
    texts = [str(line["text"]) for line in lines(LINES / "fresh")]
    suspected = [text for text in texts if (found := recognise(text, opinion)) and found.suspected]
    assert suspected
    assert [text for text in suspected if recognise(text, opinion, asked=False)] == []


def test_the_weights_were_learned_from_the_lines_and_rules_of_today() -> None:
    weights = json.loads((TARGET / WEIGHTS).read_text(encoding="utf-8"))
    assert weights["learned_from"] == fingerprint(vocabulary(), everything()), (
        "python -m benchmarks.train_danger_opinion"
    )


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("已经灭了", True),
        ("没事了，谢谢", True),
        ("人找到了", True),
        ("火还没灭", False),
        ("灭了又着了", False),
        ("路灯坏了", False),
    ],
)
def test_that_it_is_over(text: str, over: bool) -> None:
    assert says_it_is_over(text) is over


def test_yes_is_only_yes() -> None:
    assert says_yes("是的！")
    assert not says_yes("是谁在敲门")


def test_a_very_long_text_is_judged_in_no_time() -> None:
    assert recognise_emergency("路灯坏了，" * 400) is None


def test_a_group_that_talks_among_itself_hears_nothing() -> None:
    talk = [str(line["text"]) for line in lines(LINES / "chatter")]
    assert len(talk) > 100
    assert [text for text in talk if recognise_emergency(text, asked=False) is not None] == []
