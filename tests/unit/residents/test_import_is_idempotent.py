"""Whatever a list holds, importing it a second time changes nothing."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.model.residents.identity import check_digit
from community.model.residents.import_report import RowResult
from community.store.database import Database
from community.store.schema import metadata
from tests.harness.lists import bring_in, roster

_IDENTITIES = [f"{first}{check_digit(first)}" for first in ("33010619440305001", "33010619500101002")]

_ROW = st.fixed_dictionaries(
    {
        "姓名": st.sampled_from(["张三", "李四", ""]),
        "联系电话": st.sampled_from(["13800000001", "13800000002", "13800000001、13800000003", "12345", ""]),
        "住址": st.sampled_from(["锦绣苑3号楼2单元501", "3-2-501", "锦绣苑", "柳巷12号", "老槐树旁", ""]),
        "网格": st.sampled_from(["第一网格", "第二网格", ""]),
        "身份证号": st.sampled_from([*_IDENTITIES, "330106194403050012", ""]),
        "年龄": st.sampled_from(["70", "71", "85", ""]),
        "标签": st.sampled_from(["独居", "高龄、独居", ""]),
        "备注": st.sampled_from(["听力不好", "住院", ""]),
        "紧急联系人": st.sampled_from(["女儿 李红 13800000900", "王强", ""]),
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(_ROW, min_size=1, max_size=8), others=st.lists(_ROW, max_size=4))
def test_the_same_list_twice_changes_nothing(rows, others, tmp_path_factory) -> None:
    database = Database(f"sqlite:///{Path(tmp_path_factory.mktemp('db')) / 'test.db'}")
    metadata.create_all(database.engine)
    if others:
        bring_in(database, _csv(others), "旧名单.csv")
    first = bring_in(database, _csv(rows), "名单.csv")
    known = roster(database)

    second = bring_in(database, _csv(rows), "名单.csv")

    assert {row.result for row in second.rows} <= {RowResult.UNCHANGED, RowResult.REJECTED}
    assert second.count(RowResult.REJECTED) == first.count(RowResult.REJECTED)
    assert roster(database) == known
    database.close()


def _csv(rows: list[dict[str, str]]) -> bytes:
    lines = [",".join(_ROW_TITLES), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines).encode() + b"\n"


_ROW_TITLES = ("姓名", "联系电话", "住址", "网格", "身份证号", "年龄", "标签", "备注", "紧急联系人")


def test_who_is_reached_through_the_family_only_is_known_again(sqlite: Database) -> None:
    row = dict(zip(_ROW_TITLES, ("张三", "", "锦绣苑", "", "", "70", "独居", "", "女儿 李红 13800000900"), strict=True))

    first = bring_in(sqlite, _csv([row]), "名单.csv")
    second = bring_in(sqlite, _csv([row]), "名单.csv")

    assert [each.result for each in first.rows] == [RowResult.CREATED]
    assert [each.result for each in second.rows] == [RowResult.UNCHANGED]
