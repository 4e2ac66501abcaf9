"""Words for checking that a sentence says nothing which a passage does not say; see `faithful`."""

#: May be said about any passage: they add nothing. A negation, a limit or an amount is never one of them.
PLAIN_WORDS = frozenset(
    """
    您 您好 的 了 是 就 就是 也 会 有 在 到 去 来 从 给 把 和 跟 与 按 照 按照 里 这 这个 那 那个 这样 呢 吧 啊 您的 还 还有
    可以 能 可 要 需要 得 请 带 带上 带着 拿 拿着 找 的话 如果 时 时候 规定 文件 每 为 由 向 凭 用 让 它 地 个
    什么 哪些 简单说 也就是说 您可以 您需要
    """.split()  # noqa: SIM905 - a list of words reads better as words
)

#: What residents say → one of these must stand in the passage.
SAID_FOR: dict[str, tuple[str, ...]] = {
    "老人": ("老年人", "老人"),
    "老人家": ("老年人", "老人"),
    "领": ("发放", "领取", "申领", "补贴", "津贴", "补助", "享受"),
    "领到": ("发放", "领取", "申领", "补贴", "津贴", "补助"),
    "拿到": ("发放", "领取", "申领", "补贴", "津贴", "补助"),
    "发": ("发放", "发给"),
    "发给": ("发放",),
    "领取": ("发放", "申领", "领取"),
    "每个月": ("每月", "按月"),
    "每月": ("按月", "每人每月", "元/月"),
    "每年": ("按年", "每人每年", "元/年"),
    "钱": ("元", "津贴", "补贴", "补助", "费"),
    "交": ("缴纳", "交纳", "提交", "收费"),
    "办": ("办理",),
    "打电话": ("电话", "拨打"),
    "打": ("拨打",),
    "电话": ("拨打",),
    "小孩": ("儿童",),
    "家里": ("家庭",),
    "户口": ("户籍",),
    "开": ("开放",),
    "开门": ("开放",),
}

#: Each turns a clause round; a sentence must have as many as its clause.
NEGATIONS = "不|没|无|未|非|免|禁|勿|别|拒|取消|停止|停发"
PERMISSION = "可以|可|能|自愿|有权|允许"
DUTY = "应当|应|必须|须|务必|一律|得到"
#: Plain words that make a duty of what was offered.
ASKED_FOR = "需要|要|得"
#: Who is meant and what is bound together: none may be left out of a sentence about that clause.
KEPT_CONDITIONS = (
    "户籍|常住|居住证|低保|特困|独居|失能|残疾|退役|连续|本市|本区|本县|本街道|本社区|持有|仅|只|限|同时|除|或|任一|之一|以外|前提|"
    "首次|一次性|初次|经审核|审核通过|公示"
)
