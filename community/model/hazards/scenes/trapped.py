"""Scenes of danger: lifts and whoever is stuck or locked in."""

from community.model.hazards.scenes.scene import Scene, scene

SCENES: tuple[Scene, ...] = (
    scene("elevator", 12, r"<lift>", r"停在.{0,8}(?:中间|之间)|半道|两层", r"我|人|孩|老"),
    scene(
        "elevator", 26, r"<lift>", r"在里面|在里头|还在里|里面有人|里头有", r"不动|停(?:半道|住|了|在)|卡|咣当|黑|掉|坠"
    ),
    scene(
        "trapped",
        14,
        r"门(?:锁)?.{0,2}(?:坏|锁住|卡住|打不开|反锁)",
        r"[一二两三四五]岁|孩|娃|宝|婴|老人|奶|爷|我妈|我爸",
        r"在里面|在里头|出不来|哭|水龙头|煤气|灶",
    ),
    scene(
        "elevator",
        22,
        r"<lift>.{0,20}(?:里面?|里头|内|中间|关|困)|(?:在|关|困).{0,4}<lift>",
        r"<person>",
        r"<stuck>|(?<!声)不动了|卡(?:住|在|到)|夹|困|关(?:起|着|在)|闷得|没人理|吓哭|在哭|往下掉|坠|悬|停(?:在|住)",
    ),
    scene(
        "elevator",
        20,
        r"我(?:们|俩|跟.{1,4})?(?:还|正|现在)?(?:在|困|关).{0,2}<lift>",
        r"灭|黑|信号|按铃|停|不动|怕|闷|喘|不开",
    ),
    scene("elevator", 10, r"<lift>", r"(?:夹|压|卷)(?:住|到|着|了)"),
    scene(
        "trapped",
        14,
        r"<limb>|头|脑袋|身子|屁股",
        r"伸|卡|夹|绞|套|塞|陷|压|插(?:在|进)|卷(?:在|进)",
        r"<stuck>|下不来|不出来|一直哭|发紫|肿",
    ),
    scene(
        "trapped",
        20,
        r"(?:锁|关|困|堵|反锁|卡|挤|压)(?:在|住|到|进)",
        r"<person>",
        r"<stuck>|零下|一个人在|太阳|煤气|灶|火|晒|没(?:有)?信号|喊|哭|几(?:个)?(?:小时|钟头)",
    ),
)
