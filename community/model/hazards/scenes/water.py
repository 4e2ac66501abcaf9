"""Scenes of danger: whoever is in the water, or has it around them."""

from community.model.hazards.scenes.scene import Scene, scene

SCENES: tuple[Scene, ...] = (
    scene(
        "water",
        14,
        r"车|隧道|涵洞|地库|地下",
        r"水.{0,3}(?:漫|淹|没|到|涨|灌)",
        r"座位|车窗|门推不|推不动|打不开|腿|腰|胸|仪表",
    ),
    scene(
        "water",
        14,
        r"<water>",
        r"<person>|司机",
        r"(?:跌|掉|滑|栽|摔|冲|落|陷)(?:落|下|进|入|到|里|了)|没上来|没起来|冒泡|沉|扑腾|浮|漂|喊不应|衣服鞋|卷走|冲走|困",
    ),
    scene(
        "water", 14, r"(?:水|洪水|淹|积水|泡)", r"车顶|房顶|屋顶|树上|二楼|柜子上|桌子上|窗台|房梁|高处", r"<person>"
    ),
    scene(
        "water",
        14,
        r"灌水|进水|涨水|水.{0,3}(?:涨|灌|漫|淹|涌)|淹(?:了|到|上)",
        r"<person>",
        r"没上来|没出来|<stuck>|走不动|轮椅|瘫|腿脚|到(?:胸|腰|脖|大腿|肚)|困",
    ),
    scene(
        "water", 14, r"<water>.{0,6}(?:衣服|鞋|书包)|(?:衣服|鞋子?|书包).{0,6}<water>", r"喊不应|没人|不见|人呢|没影"
    ),
)
