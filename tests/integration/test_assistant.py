"""Residents talk to the real Rasa with the trained model, and its actions write real cases."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import func, select

from bot.rasa_client import RasaClient
from community.model.hazards.wish import Asked
from community.store.cases import cases
from community.usecases.import_policies import import_policies
from shouwang.phone_wishes import phone_wishes
from tests.harness.neighbourhood import sample_rules
from tests.harness.rasa import RasaService, start_rasa
from tests.integration.test_policies import LIBRARY, STAFF

pytestmark = pytest.mark.rasa
_messages = count(1)
_conversations = count(1)


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaService]:
    with start_rasa(tmp_path_factory.mktemp("rasa")) as service:
        yield service


class Resident:
    """Somebody in one conversation."""

    def __init__(self, rasa: RasaService, scene: str = "private") -> None:
        self.rasa = rasa
        self.scene = scene
        self.conversation = f"test:{next(_conversations)}"
        self.message = 0

    def says(self, text: str, *, again: bool = False) -> list[dict[str, object]]:
        self.message = self.message if again else next(_messages)
        items = self.rasa.say(text, conversation=self.conversation, message=self.message, scene=self.scene)
        assert items, text
        return [item["custom"] for item in items]

    @property
    def cases(self) -> list[object]:
        with self.rasa.database.reading() as conn:
            query = select(cases).where(cases.c.conversation_id == self.conversation).order_by(cases.c.id)
            return list(conn.execute(query))


@pytest.fixture
def resident(rasa: RasaService) -> Resident:
    return Resident(rasa)


def test_what_and_where_in_one_message_open_the_case_at_once(resident: Resident) -> None:
    (said,) = resident.says("锦绣苑3号楼2单元楼道有人飞线充电")
    (case,) = resident.cases
    assert said["case"] == case.number
    assert (case.category, case.community, case.building, case.unit) == ("ebike_charging", "锦绣苑", "3", "2")


def test_only_the_missing_place_is_asked_for(resident: Resident) -> None:
    (said,) = resident.says("下水道堵了，臭水往外冒")
    assert said["asks"] == "location"
    assert resident.cases == []
    (said,) = resident.says("就我家楼下啊")
    assert said["asks"] == "location"
    (said,) = resident.says("锦绣苑7栋")
    (case,) = resident.cases
    assert (case.category, case.building, said["case"]) == ("sewer", "7", case.number)


def test_only_the_missing_hazard_is_asked_for(resident: Resident) -> None:
    (said,) = resident.says("我要报修")
    assert said["asks"] == "detail"
    resident.says("锦绣苑5栋电梯坏了，按了没反应")
    assert [case.category for case in resident.cases] == ["elevator"]


def test_a_correction_changes_the_case(resident: Resident) -> None:
    resident.says("锦绣苑3号楼的路灯不亮")
    resident.says("不对，是5号楼")
    (case,) = resident.cases
    assert (case.building, case.location_text) == ("5", "5号楼")


def test_a_question_in_the_middle_is_answered_and_the_report_goes_on(resident: Resident) -> None:
    resident.says("楼道灯坏了")
    said = resident.says("会不会让邻居知道是我说的")
    assert [item["intent"] for item in said] == ["ask_privacy", "report_hazard"]
    assert said[-1]["asks"] == "location"
    resident.says("锦绣苑7栋")
    assert [case.category for case in resident.cases] == ["lighting"]


def test_a_report_can_be_dropped_and_taken_up_again(resident: Resident) -> None:
    resident.says("电梯一直晃")
    (said,) = resident.says("算了不报了")
    assert said["intent"] == "cancel"
    assert resident.cases == []
    resident.says("锦绣苑2栋电梯又坏了")
    assert len(resident.cases) == 1


def test_the_same_report_twice_is_one_case(resident: Resident) -> None:
    resident.says("锦绣苑6栋水管爆了")
    resident.says("锦绣苑6栋水管爆了，水喷得老高")
    assert len(resident.cases) == 1


def test_a_replayed_turn_opens_no_second_case(resident: Resident) -> None:
    resident.says("锦绣苑4栋门口井盖没了")
    resident.says("锦绣苑4栋门口井盖没了", again=True)
    assert len(resident.cases) == 1


def test_two_hazards_in_one_message_are_two_cases(resident: Resident) -> None:
    said = resident.says("3号楼路灯不亮，5号楼电梯坏了")
    assert [item["case"] for item in said] == [case.number for case in resident.cases]
    assert len(said) == 2


def test_progress_is_told_and_only_of_ones_own_cases(rasa: RasaService, resident: Resident) -> None:
    (said,) = resident.says("锦绣苑8栋垃圾没人收，三天了")
    number = str(said["case"])
    (mine,) = resident.says("查进度")
    assert number in str(mine["text"])
    (other,) = Resident(rasa).says(f"查一下{number}")
    assert "垃圾" not in str(other["text"])


def test_in_a_group_the_place_is_not_repeated_and_progress_goes_to_the_person(rasa: RasaService) -> None:
    neighbour = Resident(rasa, scene="group")
    (said,) = neighbour.says("锦绣苑3栋2单元501门口堆满纸箱")
    assert "501" not in str(said["text"])
    (progress,) = neighbour.says("查进度")
    assert progress["to"] == "person"


def test_a_wish_for_a_person_opens_a_callback(resident: Resident) -> None:
    resident.says("转人工")
    assert [case.kind for case in resident.cases] == ["callback"]


def test_what_no_document_says_goes_to_a_person(resident: Resident) -> None:
    (said,) = resident.says("育儿补贴一年给多少，满几岁停")
    assert [case.kind for case in resident.cases] == ["question"]
    assert str(said["case"]) in str(said["text"])


def test_not_understood_twice_goes_to_a_person(resident: Resident) -> None:
    (first,) = resident.says("噗噜噜噜噗")
    assert first["intent"] == "nlu_fallback"
    resident.says("噗噜噜噜噗")
    assert [case.kind for case in resident.cases] == ["question"]


@pytest.mark.parametrize(
    "text", ["你好", "谢谢", "再见", "你是机器人吗", "你能干什么", "   ", "🙂", "[图片]", "?" * 500]
)
def test_something_is_always_said(resident: Resident, text: str) -> None:
    assert resident.says(text)


def test_nobody_gets_in_without_the_token(rasa: RasaService) -> None:
    for url in (
        f"{rasa.url}/webhooks/rest/webhook",
        f"{rasa.actions_url}/webhook",
        f"{rasa.url}/conversations/x/tracker",
    ):
        data = None if "tracker" in url else b"{}"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"}))
        assert refused.value.code == 401


def test_a_question_asked_on_the_phone_is_answered_for_the_ear_and_opens_no_case(rasa: RasaService) -> None:
    with rasa.database.begin() as conn:
        import_policies(conn, [LIBRARY], actor=STAFF, now=datetime(2026, 7, 15, tzinfo=UTC))
    on_phone = Resident(rasa, scene="phone")
    (said,) = on_phone.says("图书室借书押金多少钱")
    assert said["spoken"] == "每证收押金50元，退证时退还。这是社区图书室借阅办法里写的。"
    for text in ("月亮上的津贴怎么领", "锦绣苑3号楼2单元楼道有人飞线充电", "转人工"):
        rasa.say(text, conversation=on_phone.conversation, message=next(_messages), scene="phone")
    assert on_phone.cases == []


async def test_the_telephone_is_told_what_rasa_understands_without_a_conversation(rasa: RasaService) -> None:
    hear = phone_wishes(sample_rules(), client := RasaClient(rasa.url, rasa.token))
    before = _cases_of(rasa)
    wish = await hear(
        "门口的垃圾堆了好几天，臭得很，也没人收拾", Asked(question="您还有什么建议？", free=True, answered=True)
    )
    await client.close()
    assert wish is not None
    assert (wish.kind, wish.category) == ("hazard", "sanitation")
    assert _cases_of(rasa) == before


def _cases_of(rasa: RasaService) -> int:
    with rasa.database.reading() as conn:
        return conn.scalar(select(func.count()).select_from(cases)) or 0
