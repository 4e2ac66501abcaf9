"""Every scene; the order is the order of what is told first when a message has several."""

from community.model.hazards.scenes import collapse, fire, gas, medical, people, trapped, water, wounds
from community.model.hazards.scenes.scene import Scene

SCENES: tuple[Scene, ...] = (
    *gas.SCENES,
    *fire.SCENES,
    *trapped.SCENES,
    *collapse.SCENES,
    *water.SCENES,
    *wounds.SCENES,
    *medical.SCENES,
    *people.SCENES,
)
