"""A quotation made for the ear: short, without what only eyes can read, with figures as they are said."""

import pytest

from community.model.policies.spoken_answer import LONGEST, for_the_ear


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("（一）80至89周岁的，每人每月100元；", "80至89周岁的，每人每个月100元。"),
        ("第三条 百岁老人1,000元/月（详见附件）。", "百岁老人每月1000元。"),
        ("办理时间：8:30-11:30，14:00-17:00。", "办理时间：8点半到11点半，14点到17点。"),
        ("自2026-07-01起，个人自付20%。", "自2026年7月1日起，个人自付百分之20。"),
        ("**请带身份证**，见 https://a.example/x?y=1 。", "请带身份证，见。"),
        ("按照青民发〔2025〕3号文件，年满80周岁可以申领。", "年满80周岁可以申领。"),
    ],
)
def test_it_is_said_as_people_say_it(written: str, spoken: str) -> None:
    assert for_the_ear(written) == spoken


def test_the_source_is_named_in_few_words() -> None:
    told = for_the_ear("每月15日发放。", "关于印发《青禾市高龄津贴发放办法（试行）》的通知")
    assert told == "每月15日发放。这是青禾市高龄津贴发放办法里写的。"
    assert for_the_ear("每月15日发放。", "青禾市人民政府办公厅民政局财政局联合制定的某某某办法").endswith(
        "这是社区的政策文件里写的。"
    )


def test_nobody_listens_to_a_whole_page() -> None:
    told = for_the_ear("，".join(["符合条件的老年人可以到社区服务中心申请"] * 20) + "。第二句。")
    assert len(told) <= LONGEST + 1
    assert told.endswith("。")
    assert for_the_ear("") == ""
    assert for_the_ear("https://a.example/only", "某办法") == ""
