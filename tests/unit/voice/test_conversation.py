"""Conversations turn by turn, without a line or a database: what is said to whom, and what has to be done."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from community.files.answer_knowledge import load_answer_opinion
from community.model.address import Address
from community.model.cases.case import CaseKind
from community.model.hazards.wish import Understood, Wish, read_wish
from community.model.questionnaires.questionnaire import Questionnaire
from community.usecases.raise_emergency import places_of
from tests.harness.telephone import HEAT, sample_rules
from voice.script.conversation import advance, question_for_assistant, wish_asked
from voice.script.dialogue import Dialogue
from voice.script.inbound import DESK
from voice.script.steps import Heard, Language
from voice.script.turn import Effect, Inbound, MessageLeft, RaiseCase, RecordAnswer, Said, Script, Turn

FAN = """
name: 访视
purpose: 社区问个好。
recording: never
questions: [{id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}]
"""
PLACES = places_of(sample_rules())


class Call:
    """One call, spoken to its end."""

    def __init__(self, *says: str, questionnaire: str | Questionnaire = FAN, **about: Any) -> None:
        self.understood: Understood | None = about.pop("understood", None)
        self.script = _script(questionnaire, **about)
        self.turn: Turn = advance(self.script, Dialogue(), Said(heard=Heard()))
        self.steps = [_told(self.turn)]
        self.effects: list[Effect] = []
        for words in says:
            self._say(words)

    def _say(self, words: str) -> None:
        transfer = words.removeprefix("→") if words.startswith("→") else ""
        heard = Heard() if transfer else Heard(digits=words) if words.isdigit() else Heard(speech=words)
        said = Said(heard=heard, transfer=transfer, wish=self._wish(heard))
        self.turn = advance(self.script, self.turn.dialogue, said)
        self.steps.append(_told(self.turn))
        self.effects += self.turn.effects

    def _wish(self, heard: Heard) -> Wish | None:
        asked = wish_asked(self.script, self.turn.dialogue, heard)
        return asked and read_wish(heard.speech, asked, places=PLACES, understood=self.understood)

    @property
    def last(self) -> str:
        return self.steps[-1]

    @property
    def labels(self) -> dict[str, Any]:
        kept = [effect for effect in self.effects if isinstance(effect, RecordAnswer)]
        return {each.question: each.reading.value or each.reading.label for each in kept}

    @property
    def cases(self) -> list[RaiseCase]:
        return [effect for effect in self.effects if isinstance(effect, RaiseCase)]


def _script(questionnaire: str | Questionnaire, **about: Any) -> Script:
    known = questionnaire if isinstance(questionnaire, Questionnaire) else _read(questionnaire)
    usual: dict[str, Any] = {
        "questionnaire": known,
        "caller": "青禾社区居委会",
        "phone": "6215-0100",
        "duty_number": "",
        "name": "王桂英",
        "language": Language.MANDARIN,
        "zone": ZoneInfo("Asia/Shanghai"),
        "now": datetime(2026, 7, 15, 3, 0, tzinfo=UTC),
        "opinion": load_answer_opinion(),
        "next_call": lambda wish: wish,
    }
    return Script(**(usual | about))


def _read(questionnaire: str) -> Questionnaire:
    return Questionnaire.model_validate(yaml.safe_load(questionnaire))


def _told(turn: Turn) -> str:
    return "".join(prompt.text for prompt in turn.step.prompts)


# The family's phone


def test_who_asks_who_calls_hears_it_once_and_is_asked_again() -> None:
    call = Call("你是谁啊", guardian=True)
    assert call.last.count("青禾社区居委会") == 1
    assert "您是王桂英的家人吗" in call.last


@pytest.mark.parametrize("words", ["什么事啊", "你们找她干什么", "她怎么了", "要问她身体吗"])
def test_who_asks_what_it_is_about_is_told_nothing_before_we_know_who_it_is(words: str) -> None:
    call = Call(words, "是", guardian=True, questionnaire=HEAT)
    assert call.steps[1].startswith("社区有几句话想问，要先知道您是哪位。您是王桂英的家人吗")
    assert "身体" not in "".join(call.steps[:2])
    assert "您这两天身体舒服吗" not in call.steps[1]


def test_a_neighbour_who_looks_after_somebody_is_asked_for_as_one() -> None:
    call = Call("是的", guardian=True, kin="邻居")
    assert "想找王桂英的邻居" in call.steps[0]
    assert "您是王桂英的邻居吗" in call.steps[0]
    assert "请您替王桂英回答" in call.last


# Who picks up


@pytest.mark.parametrize("words", ["不在", "不在家", "出去了"])
def test_whoever_is_not_there_is_called_another_time(words: str) -> None:
    call = Call(words, questionnaire=FAN.replace("recording: never", "recording: ask"))
    assert call.turn.dialogue.result == "callback_later"


def test_who_wonders_whether_we_are_a_hospital_learns_who_we_are() -> None:
    assert "我们是青禾社区居委会" in Call("你们是医院吗").last


# The read-back

TEMPERATURE = """
name: 体温
purpose: 问个好。
recording: never
questions:
  - {id: temperature, kind: number, say: 您今天量的体温是多少度？, confirm: true}
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
"""


@pytest.mark.parametrize(
    ("words", "kind", "category"),
    [("药吃完了没人去拿", CaseKind.CALLBACK, None), ("楼道灯坏了好几天", CaseKind.HAZARD, "lighting")],
)
def test_what_is_told_at_a_read_back_is_passed_on_and_the_number_read_back_again(
    words: str, kind: CaseKind, category: str | None
) -> None:
    call = Call("三十六度五", words, "对", "有", questionnaire=TEMPERATURE)
    assert [(case.kind, case.category) for case in call.cases] == [(kind, category)]
    assert call.steps[2].startswith("您说的事，已经转给社区了。")
    assert "您说的是36.5度，对吗" in call.steps[2]
    assert call.labels == {"temperature": 36.5, "fan": "yes"}


def test_what_is_told_beside_a_yes_at_a_read_back_is_passed_on_too() -> None:
    call = Call("三十六度五", "对，楼道灯坏了好几天没人修", questionnaire=TEMPERATURE)
    assert [case.category for case in call.cases] == ["lighting"]
    assert call.labels == {"temperature": 36.5}
    assert call.last.startswith("您说的事，已经转给社区了。您家有电风扇吗")


@pytest.mark.parametrize("words", ["不对，是三十八度", "再说一遍", "错了"])
def test_a_correction_is_no_wish(words: str) -> None:
    assert Call("三十六度五", words, questionnaire=TEMPERATURE).cases == []


def test_a_family_is_no_hazard_though_the_assistant_thinks_so() -> None:
    sure = Understood(intent="report_hazard", confidence=0.9, guesses={"public_security": 0.9})
    call = Call("三十六度五", "三口人，我儿子媳妇还有我孙子", questionnaire=TEMPERATURE, understood=sure)
    assert call.cases == []


def test_who_takes_us_for_cheats_at_a_read_back_learns_who_we_are() -> None:
    call = Call("三十六度五", "你们是骗子吧", questionnaire=TEMPERATURE)
    assert "我们是青禾社区居委会" in call.last
    assert "您说的是36.5度，对吗" in call.last


@pytest.mark.parametrize("words", ["我怎么知道你是真的", "那你们要钱不", "你们收钱的吗"])
def test_who_doubts_us_in_other_words_is_told_who_we_are(words: str) -> None:
    assert "我们是青禾社区居委会" in Call(words, questionnaire=FAN.replace("never", "ask")).last


def test_somebody_who_cries_is_comforted_and_not_sent_an_ambulance() -> None:
    call = Call("呜呜呜，没人管我")
    assert call.last.startswith("您别难过，我们陪着您。")
    assert [case.danger for case in call.cases] == [True]


def test_what_is_said_beside_the_point_of_a_read_back_is_read_back_itself() -> None:
    call = Call("舒服", "夜里老是睡不着", "不对", questionnaire=_CONFIRMED, health_consent=True)
    assert call.steps[1].startswith("您说的是舒服，对吗")
    assert "您说的是不舒服，对吗" in call.steps[2]
    assert call.labels == {}


def test_a_no_with_its_reason_at_a_read_back_is_the_other_answer() -> None:
    call = Call("舒服", "不对，头昏得很", questionnaire=_CONFIRMED, health_consent=True)
    assert call.last.startswith("您说的是不舒服，对吗")


_CONFIRMED = HEAT.replace("yes_means: 舒服", "yes_means: 舒服\n    confirm: true")

# What is allowed, and by whom


def test_praise_is_no_consent_to_be_recorded() -> None:
    recorded = FAN.replace("never", "ask")
    call = Call("哎哟你们社区真好，年年都想着我们，那个小姑娘可客气了", questionnaire=recorded)
    assert call.turn.dialogue.consent is None
    assert call.last.startswith("对不起，我没听明白。您好，这里是青禾社区居委会")
    assert Call("可以可以，录吧，没关系的我无所谓", questionnaire=recorded).turn.dialogue.consent is True


def test_whoever_was_fetched_hears_who_calls_before_they_are_asked() -> None:
    call = Call("你等一下我去叫奶奶", "奶奶来了", questionnaire=FAN.replace("never", "ask"))
    assert "您好，这里是青禾社区居委会" in call.last
    assert call.turn.dialogue.consent is None


def test_who_has_answered_and_speaks_of_a_dead_husband_is_not_taken_for_somebody_else() -> None:
    call = Call(
        "舒服",
        "三十六度五",
        "对",
        "我老伴走了以后家里就剩我一个，心里难受得很",
        questionnaire=HEAT,
        health_consent=True,
    )
    assert call.turn.dialogue.result is None
    assert "再见" not in call.last


# An earlier answer

RETURN = """
name: 返乡登记
purpose: 过节了，登记一下。
recording: never
questions:
  - {id: back, kind: yes_no, say: 家里有人从外地回来吗？, yes_means: 有人回来, next: {"no": help}}
  - {id: how_many, kind: number, say: 一共回来几个人？}
  - {id: day, kind: date, say: 他们哪一天到家？}
  - {id: help, kind: need_help, say: 要社区帮什么忙吗？}
"""


@pytest.mark.parametrize(
    "words", ["不对不对，刚才说错了，是四个人", "等等，刚才那个人数不对，是四个人", "哎呀，我说错了，四个"]
)
def test_an_earlier_answer_is_put_right_and_the_call_goes_on_where_it_was(words: str) -> None:
    call = Call("有人回来", "三个", words, "对", "后天", "不用", questionnaire=RETURN)
    assert call.steps[3].startswith("好的。您说的是4个人，对吗")
    assert "他们哪一天到家" in call.steps[4]
    assert call.labels == {"back": "yes", "how_many": 4, "day": "2026-07-17", "help": "none"}


def test_one_further_back_is_found_by_what_it_was_about() -> None:
    call = Call(
        "有人回来", "三个", "后天", "不用，等等，刚才那个人数不对，是五个人", "对", "不用", questionnaire=RETURN
    )
    assert call.labels["how_many"] == 5
    assert "要社区帮什么忙吗" in call.steps[5]
    assert call.turn.dialogue.result == "completed"


def test_a_correction_that_takes_another_way_is_followed() -> None:
    call = Call("有人回来", "刚才说错了，没有人回来", "对", questionnaire=RETURN)
    assert "要社区帮什么忙吗" in call.last


def test_who_only_says_that_it_was_wrong_is_asked_again() -> None:
    call = Call("有人回来", "三个", "刚才说错了", "四个", questionnaire=RETURN)
    assert call.steps[3].startswith("好的，那我再问一次。一共回来几个人")
    assert "他们哪一天到家" in call.last


def test_who_says_after_all_that_they_are_ill_raises_the_case_of_it() -> None:
    call = Call("舒服", "等一下，刚才我说身体舒服，其实我这两天头晕", "对", questionnaire=HEAT, health_consent=True)
    assert call.labels == {"well": "no"}
    assert [case.priority for case in call.cases] == ["urgent"]
    assert "您今天量的体温是多少度" in call.last


@pytest.mark.parametrize(
    "words", ["我刚才不是说了吗", "刚才下楼，楼道里的灯不对劲", "刚才有人敲门，其实也没事", "刚才没听清"]
)
def test_what_only_sounds_like_a_correction_leads_nowhere(words: str) -> None:
    call = Call("有人回来", "三个", words, questionnaire=RETURN)
    assert "他们哪一天到家" in call.last or "几月几号" in call.last
    assert "那我再问一次" not in call.last


def test_a_correction_within_one_answer_is_that_answer() -> None:
    call = Call("有人回来", "三个，说错了，四个", questionnaire=RETURN)
    assert call.labels["how_many"] == 4


# What they want to know

ASKS = """
name: 津贴认证
purpose: 津贴要认证了。
recording: never
questions: [{id: asks, kind: free_text, say: 关于津贴，您还有什么要问的？}]
"""


@pytest.mark.parametrize("words", ["要带啥材料啊", "要帶咩嘢呀", "打了发烧不", "什么时候到账"])
def test_what_is_asked_when_we_ask_for_questions_is_answered(words: str) -> None:
    script = _script(ASKS)
    begun = advance(script, Dialogue(), Said(heard=Heard())).dialogue
    assert question_for_assistant(script, begun, Heard(speech=words)) == words
    told = advance(script, begun, Said(heard=Heard(speech=words), answer="带身份证就行。"))
    assert _told(told).startswith("带身份证就行。")
    assert [type(effect) for effect in told.effects] == [RecordAnswer]


def test_what_nobody_can_answer_is_noted_for_a_person() -> None:
    call = Call("要带啥材料啊", questionnaire=ASKS)
    assert call.last.startswith("这个我不清楚，记下了，会有工作人员答复您。")
    assert [case.kind for case in call.cases] == [CaseKind.QUESTION]


def test_a_question_of_another_matter_to_a_free_answer_is_answered_where_that_is_known() -> None:
    questionnaire = ASKS.replace("关于津贴，您还有什么要问的？", "您对社区，还有什么建议？")
    script = _script(questionnaire)
    begun, heard = advance(script, Dialogue(), Said(heard=Heard())).dialogue, Heard(speech="你们食堂几点开门")
    assert question_for_assistant(script, begun, heard) == "你们食堂几点开门"
    assert _told(advance(script, begun, Said(heard=heard, answer="十一点开门。"))).startswith("十一点开门。")
    unknown = advance(script, begun, Said(heard=heard))
    assert [type(effect) for effect in unknown.effects] == [RecordAnswer, RaiseCase]
    assert _told(unknown).startswith("这个我不清楚，记下了")
    suggested = advance(script, begun, Said(heard=Heard(speech="食堂能不能早点开门")))
    assert [type(effect) for effect in suggested.effects] == [RecordAnswer]


@pytest.mark.parametrize("words", ["没什么要问的", "没有了，谢谢", "都清楚了"])
def test_who_has_no_question_is_thanked(words: str) -> None:
    call = Call(words, questionnaire=ASKS)
    assert call.cases == []
    assert call.last.startswith("好的。问完了")


# A person, please


def test_where_nobody_on_duty_picks_up_somebody_in_danger_hears_so_and_is_not_left_alone() -> None:
    call = Call("救命啊，我摔倒了起不来", "→no-answer", duty_number="+85221234567")
    assert call.last == "值班电话没人接，社区会马上联系您。我没有挂，您慢慢说。"
    assert call.turn.step.listen is not None


def test_another_danger_that_turns_out_while_we_stay_gets_its_own_advice_once() -> None:
    call = Call("救命啊，我摔倒了起不来", "屋里煤气味好大", "煤气味好大", "嗯")
    assert call.steps[1].startswith("您别着急，先别乱动。")
    assert call.steps[2].startswith("别开灯，别点火")
    assert call.steps[3] == "我没有挂，您慢慢说。"
    assert call.turn.step.listen is not None


# Who rings us


def test_who_is_not_understood_at_first_hears_again_who_we_are() -> None:
    call = Call("今天天气不错", inbound=Inbound(wanted=True), questionnaire=FAN.replace("never", "ask"))
    assert "没听明白。好的" not in call.last
    assert "您好，这里是青禾社区居委会" in call.last


@pytest.mark.parametrize("people", [(), ("是王女士",)])
def test_who_only_says_that_we_called_is_told_who_we_are_and_asked_on(people: Sequence[str]) -> None:
    call = Call("你们刚才打我电话了", inbound=Inbound(wanted=False, people=tuple(people)), questionnaire=DESK)
    assert call.last.startswith("这里是青禾社区居委会。")
    assert call.effects == []


def test_said_again_it_is_a_matter_for_staff() -> None:
    call = Call("你们刚才打我电话了", "那你们打我电话干什么", inbound=Inbound(wanted=False), questionnaire=DESK)
    assert [type(effect) for effect in call.effects] == [MessageLeft]


@pytest.mark.parametrize(("asked_for", "label"), [("是王女士", "no"), ("是王女士的家人", "yes")])
def test_the_husband_is_her_family_and_not_herself(asked_for: str, label: str) -> None:
    call = Call("我是她老公", inbound=Inbound(wanted=False, people=(asked_for, "是张先生")), questionnaire=DESK)
    assert ("请问您是张先生吗" in call.last) == (label == "no")


def test_a_hazard_that_is_told_to_the_desk_goes_to_those_who_look_after_it() -> None:
    call = Call("柳巷10号楼道的灯坏了好几天", inbound=Inbound(wanted=False), questionnaire=DESK)
    (case,) = call.cases
    assert (case.kind, case.category, case.address) == (CaseKind.HAZARD, "lighting", Address("柳巷", "10"))
    assert call.last.startswith("您说的事，已经转给社区了。还有话要留给社区吗")


def test_a_question_instead_of_a_message_is_answered_and_the_message_offered_again() -> None:
    call = Call("有电风扇", inbound=Inbound(wanted=True))
    asked = Heard(speech="高龄津贴怎么领啊")
    assert question_for_assistant(call.script, call.turn.dialogue, asked) == "高龄津贴怎么领啊"
    told = advance(call.script, call.turn.dialogue, Said(heard=asked, answer="带身份证到社区办。"))
    assert _told(told).startswith("带身份证到社区办。还有话想对社区说吗")
    assert told.dialogue.result == "completed"


# Cantonese and Taiwan


def test_staffs_questions_call_a_cantonese_resident_the_same_as_we_do() -> None:
    call = Call("冇", "係", language=Language.CANTONESE)
    assert "你家有電風扇嗎" in call.steps[0]
    assert "您" not in "".join(call.steps)


@pytest.mark.parametrize("language", [Language.MANDARIN, Language.TAIWANESE_MANDARIN])
def test_mandarin_says_the_polite_you_throughout(language: Language) -> None:
    call = Call("你是谁", "什么", "有", language=language)
    assert "你" not in "".join(call.steps)


@pytest.mark.parametrize("yes", ["係", "係我", "係囉", "係，我係佢個女"])
def test_the_cantonese_yes_that_the_key_is_announced_with_is_understood(yes: str) -> None:
    call = Call(yes, language=Language.CANTONESE, guardian=True)
    assert "想請你幫個手" in call.last
