"""Policy documents from import to answer, on both databases."""

from datetime import date, datetime
from pathlib import Path

import pytest

from community.model.actor import Actor
from community.model.policies.policy import AnswerStatus
from community.store import policies
from community.store.database import Database
from community.usecases.answer_policy import answer_policy
from community.usecases.import_policies import PolicyFile, PolicyImport, import_policies

TODAY = date(2026, 7, 15)
STAFF = Actor.staff("wang")


def document(name: str, number: str, body: str, **header: str) -> PolicyFile:
    lines = {"title": name.removesuffix(".md"), "document_number": number, **header}
    front = "\n".join(f"{key}: {value}" for key, value in lines.items())
    return PolicyFile(name, f"---\n{front}\n---\n\n{body}\n".encode())


LIBRARY = document(
    "社区图书室借阅办法.md",
    "青禾居发〔2026〕20号",
    "## 一、借书\n凭身份证办证，每次借3本，借期30天。\n## 二、押金\n每证收押金50元，退证时退还。\n"
    "## 三、开放时间\n周二至周日9:00至17:00，周一不开放。",
    effective_on="2026-01-01",
)
POOL_2022 = document(
    "老年人理发补贴办法.md",
    "青禾居发〔2022〕8号",
    "## 一、补贴标准\n70周岁以上老人理发每次补贴3元。\n## 二、地点\n各小区便民理发点。",
    effective_on="2022-01-01",
)
POOL_2026 = document(
    "老年人理发补贴办法（新）.md",
    "青禾居发〔2026〕8号",
    "## 一、补贴标准\n65周岁以上老人理发每次补贴6元。\n## 二、地点\n各小区便民理发点。",
    effective_on="2026-03-01",
    supersedes="青禾居发〔2022〕8号",
)


def bring_in(database: Database, now: datetime, *files: PolicyFile) -> PolicyImport:
    with database.begin() as conn:
        return import_policies(conn, files, actor=STAFF, now=now)


def test_a_document_imported_a_minute_ago_answers_and_names_its_source(database: Database, now: datetime) -> None:
    with database.reading() as conn:
        assert answer_policy(conn, "图书室押金多少钱", today=TODAY).status is AnswerStatus.UNKNOWN
    bring_in(database, now, LIBRARY)
    with database.reading() as conn:
        answer = answer_policy(conn, "图书室借书押金多少钱", today=TODAY)
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.heading == "押金"
    assert "每证收押金50元" in answer.text
    assert "《社区图书室借阅办法》（青禾居发〔2026〕20号），自2026年1月1日起施行" in answer.text


def test_the_same_file_again_changes_nothing_and_a_changed_one_is_a_new_version(
    database: Database, now: datetime
) -> None:
    changed = PolicyFile(LIBRARY.name, LIBRARY.content.replace("50元".encode(), "80元".encode()))
    results = [bring_in(database, now, file).files[0] for file in (LIBRARY, LIBRARY, changed)]
    assert [one.result for one in results] == ["created", "unchanged", "updated"]
    assert [one.version for one in results] == [1, 1, 2]
    with database.reading() as conn:
        assert [one.version for one in policies.list_documents(conn)] == [2]
        assert len(policies.list_documents(conn, with_outdated=True)) == 2
        answer = answer_policy(conn, "图书室借书押金多少钱", today=TODAY)
    assert "80元" in answer.text
    assert "50元" not in answer.text


def test_a_bad_file_stops_none_of_the_others_and_leaves_nothing(database: Database, now: datetime) -> None:
    bad = document("没有文号.md", "", "## 一\n正文。")
    report = bring_in(database, now, bad, LIBRARY, PolicyFile("扫描件.pdf", b"%PDF-1.4"))
    assert [one.result for one in report.files] == ["rejected", "created", "rejected"]
    assert report.files[0].reason.startswith("没有文号.md：缺少 document_number（文号）")
    assert "扫描件.pdf" in report.files[2].reason
    with database.reading() as conn:
        assert [one.title for one in policies.list_documents(conn)] == ["社区图书室借阅办法"]


def test_what_was_replaced_is_never_given_as_current(database: Database, now: datetime) -> None:
    bring_in(database, now, POOL_2022, POOL_2026)
    with database.reading() as conn:
        answer = answer_policy(conn, "老年人理发补贴还是每次3元吗", today=TODAY)
        before = answer_policy(conn, "老年人理发补贴每次补多少钱", today=date(2026, 2, 1))
    assert "每次补贴6元" in answer.text
    assert "3元" not in answer.text
    assert "已经替代了青禾居发〔2022〕8号" in answer.text
    assert "每次补贴3元" in before.text
    assert "从2026年3月1日起施行，到时按新规定办" in before.text


def test_only_something_that_ended_answers(database: Database, now: datetime) -> None:
    ended = document(
        "青禾社区年货大集摆摊通知.md",
        "青禾居发〔2025〕40号",
        "## 一、摊位费\n每个摊位每天20元。",
        expires_on="2026-02-20",
    )
    bring_in(database, now, ended, LIBRARY)
    with database.reading() as conn:
        answer = answer_policy(conn, "年货大集摆摊一天摊位费多少钱", today=TODAY)
    assert answer.status is AnswerStatus.EXPIRED
    assert "已在2026年2月20日到期" in answer.text


def test_what_has_not_begun_says_from_when(database: Database, now: datetime) -> None:
    coming = document(
        "青禾社区停车收费办法.md", "青禾居发〔2026〕30号", "## 一、收费\n临时停车每小时2元。", effective_on="2026-09-01"
    )
    bring_in(database, now, coming)
    with database.reading() as conn:
        answer = answer_policy(conn, "临时停车一小时收多少钱", today=TODAY)
    assert answer.status is AnswerStatus.EXPIRED
    assert "从2026年9月1日起才施行" in answer.text


def test_a_clause_whose_own_term_has_passed_says_so(database: Database, now: datetime) -> None:
    subsidy = document(
        "电动自行车换新办法.md",
        "青禾办发〔2025〕60号",
        "## 一、以旧换新\n旧车置换合格新车的，每辆补贴400元，受理至2026年5月31日止。",
        effective_on="2025-06-01",
    )
    bring_in(database, now, subsidy)
    with database.reading() as conn:
        answer = answer_policy(conn, "电动车以旧换新还能补贴多少钱", today=TODAY)
    assert answer.status is AnswerStatus.EXPIRED
    assert answer.text.startswith("这一项已在2026年5月31日截止")


def test_two_documents_that_both_fit_are_offered(database: Database, now: datetime) -> None:
    east, west = (
        document(
            f"{side}社区图书室借阅办法.md",
            f"{side}居发〔2026〕1号",
            f"## 一、押金\n每证收押金{money}元。\n## 二、借期\n借期30天。",
            effective_on="2026-01-01",
        )
        for side, money in (("柳东", 50), ("柳西", 30))
    )
    bring_in(database, now, east, west)
    with database.reading() as conn:
        both = answer_policy(conn, "图书室借书押金多少钱", today=TODAY)
        one = answer_policy(conn, "柳西社区图书室借书押金多少钱", today=TODAY)
    assert both.status is AnswerStatus.CHOOSE
    assert {choice.title for choice in both.choices} == {"柳东社区图书室借阅办法", "柳西社区图书室借阅办法"}
    assert "1. " in both.text
    assert one.status is AnswerStatus.ANSWERED
    assert "30元" in one.text


def test_a_follow_up_question_keeps_its_document(database: Database, now: datetime) -> None:
    bring_in(database, now, LIBRARY, POOL_2026)
    with database.reading() as conn:
        first = answer_policy(conn, "图书室借书一次能借几本", today=TODAY)
        assert first.document is not None
        then = answer_policy(conn, "那几点开门", today=TODAY, topic=first.document.id, before="图书室借书一次能借几本")
    assert then.document == first.document
    assert then.heading == "开放时间"


@pytest.mark.parametrize("question", ["", "？？？", "今天天气怎么样", "a" * 20_000, "我要买股票", "\x00\ud83d"])
def test_it_admits_not_to_know(database: Database, now: datetime, question: str) -> None:
    bring_in(database, now, LIBRARY)
    with database.reading() as conn:
        answer = answer_policy(conn, question, today=TODAY)
    assert answer.status is AnswerStatus.UNKNOWN
    assert answer.document is None
    assert answer.text == "这个问题，社区现有的文件里没有写，我不敢随便说。"


def test_the_sample_community_imports_without_complaint(sqlite: Database, now: datetime) -> None:
    folder = Path(__file__).parents[2] / "sample" / "policies"
    files = [PolicyFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    report = bring_in(sqlite, now, *files)
    assert report.count("created") == len(files)
    with sqlite.reading() as conn:
        answer = answer_policy(conn, "养狗头一回登记还收两百块吗", today=TODAY)
    assert answer.document is not None
    assert answer.document.document_number == "青禾办发〔2026〕12号"


def test_a_newcomers_first_question_of_the_sample_community_is_answered(sqlite: Database, now: datetime) -> None:
    folder = Path(__file__).parents[2] / "sample" / "policies"
    bring_in(sqlite, now, *(PolicyFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())))
    with sqlite.reading() as conn:
        for question in ("高龄津贴多少钱", "我妈81岁一个月能领多少钱", "八十岁的津贴还是一百块吗"):
            answer = answer_policy(conn, question, today=TODAY)
            assert (answer.status, answer.heading) == (AnswerStatus.ANSWERED, "津贴标准"), question
            assert "80至89周岁每人每月150元" in answer.text
            assert "已经替代了青禾办发〔2022〕15号" in answer.text
        first = answer_policy(conn, "老年钱去哪里申请", today=TODAY)
        assert first.document is not None
        then = answer_policy(conn, "那要带什么材料", today=TODAY, topic=first.document.id, before="老年钱去哪里申请")
        assert (then.heading, then.document) == ("带什么材料", first.document)


def test_an_amount_is_not_answered_with_a_clause_that_only_names_the_subsidy(sqlite: Database, now: datetime) -> None:
    both = document(
        "理发补贴.md",
        "青禾居发〔2026〕31号",
        "## 一、和其他补贴的关系\n理发补贴和其他补贴可以同时领。\n## 二、补贴标准\n每人每月30元。",
        effective_on="2026-01-01",
    )
    bring_in(sqlite, now, both)
    with sqlite.reading() as conn:
        assert "每人每月30元" in answer_policy(conn, "理发补贴一个月多少钱", today=TODAY).text
