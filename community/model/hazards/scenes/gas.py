"""Scenes of danger: gas that gets out."""

from community.model.hazards.scenes.scene import Scene, scene

SCENES: tuple[Scene, ...] = (
    scene(
        "gas",
        10,
        r"<gas>",
        r"满屋|一屋|成屋|整个楼|好大[阵股]?|一股|好浓|刺鼻|冲鼻|头昏|头晕|恶心|冒气|呲|嘶|滋滋|跑气|漏|有味|裂|挖(?:破|断|穿|到)|拧不动|关不严|没关严|松了|喷|断了",
    ),
    scene("gas", 16, r"冒气|漏气|跑气|喷气|气味|怪味|臭味", r"煤气|燃气|天然气|瓦斯|黄管|胶管|阀门|灶(?:台|具|头)|罐"),
)
