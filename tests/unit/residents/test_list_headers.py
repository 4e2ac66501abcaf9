"""Headers in any wording."""

import pytest

from community.model.residents.list_headers import ListField, read_header, read_heading

WORDINGS = {
    ListField.NAME: "姓名 户主 老人姓名 居民姓名 姓名（必填） 户主姓名 业主姓名",
    ListField.PHONE: "联系电话 手机号码 电话1 电话2 手机 联系方式 固定电话 备用电话 电话号码 联系电话* 老人联系电话 联系电话（本人） 第二联系电话",
    ListField.ADDRESS: "住址 家庭住址 门牌号 现住址 详细地址 现居住地址 户籍地址 家庭地址（小区/楼/单元/室） 楼栋+单元+室 楼栋单元室号 小区楼栋房号",
    ListField.COMMUNITY: "小区 小区名称 所在小区 居住小区",
    ListField.BUILDING: "楼栋 栋 楼号 幢 楼栋号 号楼",
    ListField.UNIT: "单元 单元号",
    ListField.ROOM: "室 房号 室号 房间号",
    ListField.GRID: "网格 所属网格 网格名称",
    ListField.AGE: "年龄 周岁",
    ListField.BIRTH: "出生日期 出生年月 生日",
    ListField.IDENTITY: "身份证号 身份证号码 公民身份号码 证件号码 身份证",
    ListField.SEX: "性别",
    ListField.TAGS: "标签 人员类别 重点人群 人群分类",
    ListField.NOTE: "备注 备注说明 说明 身体状况",
    ListField.FLAG: "独居 是否独居 残疾 是否低保",
    ListField.GUARDIAN: "紧急联系人 监护人姓名 子女姓名 家属 联系人姓名",
    ListField.GUARDIAN_PHONE: "紧急联系人电话 联系人电话 监护人联系电话 家属联系方式 电话（紧急联系人）",
    ListField.GUARDIAN_RELATION: "与老人关系 关系 与监护人关系",
    ListField.LANGUAGE: "语言 方言 常用语言",
    ListField.HOURS: "方便接听时间 方便时间 接听时间",
    ListField.IGNORED: "序号 网格员 网格员电话 与户主关系 原因",
}


@pytest.mark.parametrize(
    ("title", "field"), [(title, field) for field, titles in WORDINGS.items() for title in titles.split(" ") if title]
)
def test_a_header_is_understood_in_its_many_wordings(title: str, field: ListField) -> None:
    heading = read_heading(title)

    assert heading is not None
    assert heading.field is field


@pytest.mark.parametrize("title", ["", "青禾社区高龄老人名单", "血型", "2026年7月"])
def test_other_titles_are_left_alone(title: str) -> None:
    assert read_heading(title) is None


def test_where_nobody_else_is_named_the_contact_is_the_resident() -> None:
    fields = [heading.field for heading in read_header(["联系人", "联系人电话", "地址"]) if heading]

    assert fields == [ListField.NAME, ListField.PHONE, ListField.ADDRESS]
