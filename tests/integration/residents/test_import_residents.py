"""Lists as communities have them, brought into a real database."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from community.errors import InvalidInput
from community.files.rejected_rows import rejected_rows
from community.model.residents.identity import check_digit
from community.model.residents.import_report import ImportReport
from community.model.residents.resident_list import ListRules
from community.store.database import Database
from community.store.roster import recent_imports
from tests.harness.lists import NOW, RULES, bring_in, listed, roster, saved, workbook

_FIRST = "33010619440305102"
IDENTITY = _FIRST + check_digit(_FIRST)


def results(report: ImportReport) -> list[str]:
    return [row.result.value for row in report.rows]


def test_an_ugly_workbook_is_read_as_people_mean_it(database: Database) -> None:
    content = workbook(
        [
            ["青禾社区高龄老人名单（2026年7月）"],
            [],
            ["序号", "联系电话", "老人姓名", "年龄", "楼栋", "单元", "室", "小区", "标签", "紧急联系人"],
            [1, 13800000001, "张 三", 82, "3号楼", 2, 501.0, "锦绣苑", "独居、高龄", "女儿 张红 13800000901"],
            [
                2,
                "１３８００００００１２/0571-88880000",
                "李四",
                "79岁",
                "三栋",
                "一",
                "五零一",
                "锦绣苑",
                "",
                "儿子13800000902",
            ],
            [3, "138 0000 0013\n138 0000 0014", "王五", None, None, None, None, None, "空巢", None],
            ["合计", "3 人"],
        ],
        merged=["A1:J1"],
    )

    report = bring_in(database, content)

    assert results(report) == ["created", "created", "created"]
    assert [row.number for row in report.rows] == [4, 5, 6]
    zhang, li, wang = roster(database)
    assert (zhang["name"], zhang["phones"], zhang["address_text"]) == (
        "张三",
        ["+8613800000001"],
        "锦绣苑3栋2单元501室",
    )
    assert (zhang["birth_date"], zhang["tags"]) == (date(1944, 1, 1), ["独居", "高龄"])
    assert (zhang["guardian_name"], zhang["guardian_relation"], zhang["guardian_phone"]) == (
        "张红",
        "女儿",
        "+8613800000901",
    )
    assert li["phones"] == ["+8613800000012", "+8657188880000"]
    assert li["address_text"] == "锦绣苑3栋1单元501室"
    assert (zhang["sample"], li["sample"], wang["sample"]) == (True, False, True)
    assert wang["phones"] == ["+8613800000013", "+8613800000014"]


def test_a_merged_address_belongs_to_the_whole_family(sqlite: Database) -> None:
    content = workbook(
        [
            ["住址", "姓名", "电话"],
            ["锦绣苑3-2-501", "张三", "13800000001"],
            [None, "李红", "13800000002"],
            [None, "张小明", "13800000003"],
            ["锦绣苑3-2-502", "王五", "13800000004"],
        ],
        merged=["A2:A4"],
    )

    bring_in(sqlite, content)

    people = roster(sqlite)
    assert [person["room"] for person in people] == ["501", "501", "501", "502"]
    assert len({person["household_id"] for person in people}) == 2


def test_a_header_of_two_rows_tells_the_residents_name_from_the_contacts(sqlite: Database) -> None:
    content = workbook(
        [
            ["姓名", "联系电话", "住址", None, None, "紧急联系人", None, None],
            [None, None, "楼栋", "单元", "室", "姓名", "电话", "关系"],
            ["张三", "13800000001", "3", "2", "501", "李红", "13800000901", "女儿"],
        ],
        merged=["A1:A2", "B1:B2", "C1:E1", "F1:H1"],
    )

    assert results(bring_in(sqlite, content)) == ["created"]
    person = roster(sqlite)[0]
    assert (person["name"], person["phones"], person["address_text"]) == ("张三", ["+8613800000001"], "3栋2单元501室")
    assert (person["guardian_name"], person["guardian_phone"], person["guardian_relation"]) == (
        "李红",
        "+8613800000901",
        "女儿",
    )


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_tables_of_every_encoding_and_separator_are_read(sqlite: Database, encoding: str, separator: str) -> None:
    lines = ["姓名;手机号码;门牌号", "张三;13800000001;3-2-501", "李四;13800000002;锦绣苑5号楼101"]
    content = "\r\n".join(lines).replace(";", separator).encode(encoding)

    assert results(bring_in(sqlite, content, "名单.csv")) == ["created", "created"]
    assert [person["name"] for person in roster(sqlite)] == ["张三", "李四"]


def test_several_sheets_are_read_and_the_others_named(sqlite: Database) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "说明"
    first.append(["请按第二、三张表填写"])
    for title, name in (("锦绣苑", "张三"), ("柳巷", "李四")):
        sheet = book.create_sheet(title)
        sheet.append(["姓名", "电话"])
        sheet.append([name, f"1380000000{len(book.sheetnames)}"])
    hidden = book.create_sheet("旧名单")
    hidden.append(["姓名", "电话"])
    hidden.append(["王五", "13800000009"])
    hidden.sheet_state = "hidden"

    report = bring_in(sqlite, saved(book))

    assert [(row.sheet, row.number) for row in report.rows] == [("锦绣苑", 2), ("柳巷", 2)]
    assert list(report.skipped_sheets) == ["说明"]
    assert report.to_json(None)["rows"][0]["sheet"] == "锦绣苑"


def test_a_bad_row_never_stops_the_good_ones(database: Database) -> None:
    content = workbook(
        [
            ["姓名", "联系电话", "身份证号", "年龄"],
            ["张三", "13800000001", None, 80],
            ["李四", "1380000000", None, None],
            [None, "13800000003", None, None],
            ["王五", None, None, None],
            ["赵六", "13800000004", 330106194403051029, None],
            ["孙七", "13800000005", None, "八十多"],
            ["周八", "16812345678", None, None],
            ["吴九", "13800000006、12345", None, None],
        ]
    )

    report = bring_in(database, content)

    assert results(report) == ["created", *["rejected"] * 6, "created"]
    reasons = [row.reason for row in report.rows]
    for reason, word in zip(
        reasons[1:7], ["10 位", "没有姓名", "没有联系电话", "改成了数字", "年龄", "收费"], strict=True
    ):
        assert word in reason
    assert "没有导入" in reasons[7]
    assert [person["name"] for person in roster(database)] == ["张三", "吴九"]
    assert report.counts == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 6}


@pytest.mark.parametrize("as_csv", [False, True])
def test_rejected_rows_are_corrected_and_imported_again(sqlite: Database, as_csv: bool) -> None:
    rows = [
        ["姓名", "联系电话", "备注"],
        ["张三", "13800000001", ""],
        ["李四", "1380000000", "=HYPERLINK(1)"],
        ["王五", "123", "-"],
    ]
    content = workbook(rows)
    report = bring_in(sqlite, content)

    file = rejected_rows(listed(content), report, as_csv=as_csv)
    again = [[str(cell or "") for cell in row] for row in _rows_of(file, as_csv=as_csv)]

    assert again[0] == ["姓名", "联系电话", "备注", "原因"]
    assert [row[0] for row in again[1:]] == ["李四", "王五"]
    again[1][1], again[2][1] = "13800000002", "13800000003"
    second = bring_in(sqlite, workbook(again), "改好.xlsx")
    assert results(second) == ["created", "created"]
    assert roster(sqlite)[1]["note"].removeprefix("'") == "=HYPERLINK(1)"


def _rows_of(file: bytes, *, as_csv: bool) -> list[list[object]]:
    if as_csv:
        return [list(row) for row in csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))]
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_importing_twice_changes_nothing(database: Database) -> None:
    content = workbook(
        [
            ["姓名", "电话", "住址", "身份证号", "标签", "备注", "方便时间", "方言"],
            ["张三", "13800000001、13800000002", "锦绣苑3-2-501", IDENTITY, "独居", "听力不好", "下午3点到5点", "粤语"],
            ["李四", "13800000003", "老槐树旁", None, None, None, "随时", "温州话"],
        ]
    )
    bring_in(database, content)
    before = roster(database)

    assert results(bring_in(database, content)) == ["unchanged", "unchanged"]
    assert roster(database) == before
    assert (before[0]["preferred_hours"], before[0]["language"], before[0]["sex"]) == (
        "15:00-17:00",
        "cantonese",
        "female",
    )
    assert (before[1]["language"], before[1]["note"]) == ("mandarin", "方言：温州话")


def test_the_identity_number_itself_is_nowhere_in_the_database(sqlite: Database) -> None:
    bring_in(sqlite, workbook([["姓名", "电话", "身份证号"], ["张三", "13800000001", IDENTITY]]))

    with sqlite.engine.connect() as conn:
        dump = "\n".join(conn.connection.driver_connection.iterdump())
    assert IDENTITY not in dump
    assert roster(sqlite)[0]["birth_date"] == date(1944, 3, 5)


def test_a_blank_cell_never_erases_and_a_new_number_goes_first(database: Database) -> None:
    bring_in(
        database,
        workbook(
            [
                ["姓名", "电话", "住址", "网格", "标签", "备注", "紧急联系人", "出生日期"],
                [
                    "张三",
                    "13800000001",
                    "锦绣苑3-2-501",
                    "第一网格",
                    "独居",
                    "听力不好",
                    "女儿 张红 13800000901",
                    "1944-03-05",
                ],
            ]
        ),
    )

    report = bring_in(
        database,
        workbook(
            [
                ["姓名", "电话", "住址", "网格", "标签", "备注", "紧急联系人", "年龄"],
                ["张三", "13800000002", "锦绣苑3-2-501", None, "高龄", "爱下棋", None, 82],
            ]
        ),
    )

    assert results(report) == ["updated"]
    (person,) = roster(database)
    assert person["phones"] == ["+8613800000002", "+8613800000001"]
    assert person["tags"] == ["独居", "高龄"]
    assert person["note"] == "听力不好\n爱下棋"
    assert (person["grid"], person["guardian_phone"]) == ("第一网格", "+8613800000901")
    assert person["birth_date"] == date(1944, 3, 5)


def test_who_is_the_same_person(database: Database) -> None:
    header = ["姓名", "电话", "住址", "身份证号"]
    bring_in(database, workbook([header, ["张三", "13800000001", "锦绣苑3-2-501", IDENTITY]]))

    same = [
        ["张三", "13800000007", "柳巷5栋101", IDENTITY],
        ["张三", "13800000001", "福荣里1-1-101", None],
        ["张三", None, "福荣里1-1-101", None],
    ]
    assert results(bring_in(database, workbook([header, *same]))).count("created") == 0
    assert len(roster(database)) == 1

    others = [["张三", "13800000008", "星河湾1-1-101", None], ["李四", "13800000001", "福荣里1-1-101", None]]
    assert results(bring_in(database, workbook([header, *others]))) == ["created", "created"]


def test_one_name_and_phone_with_two_identity_numbers_are_two_people(database: Database) -> None:
    first = "33010619500101003"
    other = first + check_digit(first)
    header = ["姓名", "电话", "身份证号"]

    report = bring_in(database, workbook([header, ["张三", "13800000001", IDENTITY], ["张三", "13800000001", other]]))

    assert results(report) == ["created", "created"]
    assert "身份证号不同" in report.rows[1].reason


def test_the_same_person_twice_in_one_file_is_merged(database: Database) -> None:
    report = bring_in(
        database,
        workbook(
            [
                ["姓名", "电话", "标签"],
                ["张三", "13800000001", "独居"],
                ["张三", "13800000001、13800000002", "高龄"],
                ["张三", "13800000002", None],
            ]
        ),
    )

    assert results(report) == ["created", "updated", "updated"]
    assert "第 2 行是同一个人" in report.rows[1].reason
    (person,) = roster(database)
    assert (sorted(person["phones"]), person["tags"]) == (["+8613800000001", "+8613800000002"], ["独居", "高龄"])


def test_yes_and_no_columns_are_tags(sqlite: Database) -> None:
    bring_in(
        sqlite,
        workbook([["姓名", "电话", "独居", "是否低保", "残疾"], ["张三", "13800000001", "√", "否", "肢体三级"]]),
    )

    (person,) = roster(sqlite)
    assert (person["tags"], person["note"]) == (["独居"], "残疾：肢体三级")


def test_dates_and_times_of_a_spreadsheet_are_read(sqlite: Database) -> None:
    rows = [["姓名", "电话", "出生日期"]]
    for place, born in enumerate([date(1944, 3, 5), "1944.3.5", "1944年3月", 19440305, 16136, "1944/03/05"]):
        rows.append([f"张三{'甲乙丙丁戊己'[place]}", f"1380000010{place}", born])

    bring_in(sqlite, workbook(rows))

    assert {person["birth_date"] for person in roster(sqlite)} == {date(1944, 3, 5), date(1944, 3, 1)}


def test_a_trial_run_says_everything_and_writes_nothing(database: Database) -> None:
    content = workbook([["姓名", "电话"], ["张三", "13800000001"], ["李四", "1"]])

    report = bring_in(database, content, dry_run=True)

    assert (results(report), report.dry_run) == (["created", "rejected"], True)
    assert roster(database) == []
    with database.reading() as conn:
        assert recent_imports(conn) == []


def test_an_import_is_remembered_with_its_figures(sqlite: Database) -> None:
    bring_in(sqlite, workbook([["姓名", "电话"], ["张三", "13800000001"]]), "七月.xlsx")

    with sqlite.reading() as conn:
        (run,) = recent_imports(conn)
    assert (run.file_name, run.actor, run.counts["created"]) == ("七月.xlsx", "staff:lin", 1)


def test_cells_that_a_sheet_would_run_are_stored_as_they_are(sqlite: Database) -> None:
    bring_in(
        sqlite, "姓名,电话,备注\n张三,13800000001,\"=cmd|'/c calc'!A1\"\n李四,13800000002,@SUM(1)\n".encode(), "a.csv"
    )

    assert [person["note"] for person in roster(sqlite)] == ["=cmd|'/c calc'!A1", "@SUM(1)"]


def test_the_grid_comes_from_the_address_where_the_list_does_not_say(sqlite: Database) -> None:
    rules = ListRules(secret=RULES.secret, today=NOW.date(), grid_of=lambda address: f"{address.community}网格")

    bring_in(sqlite, workbook([["姓名", "电话", "住址"], ["张三", "13800000001", "锦绣苑3-2-501"]]), rules=rules)

    assert roster(sqlite)[0]["grid"] == "锦绣苑网格"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (workbook([["电费", "水费"], [1, 2]]), "没有找到表头"),
        (workbook([["姓名", "电话"]]), "一行居民也没有"),
        (workbook([]), "没有找到表头"),
        ("这是一封信，不是名单。\n张三收".encode(), "没有找到表头"),
        (b"", "空的"),
        (b"\x00\x01\x02\xff\xfe\xfd" * 100, "不是表格|编码认不出来|没有找到表头"),
    ],
    ids=["other table", "header alone", "empty sheet", "a letter", "no bytes", "binary"],
)
def test_what_is_no_list_is_refused_in_plain_words(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        listed(content, "名单.csv")
