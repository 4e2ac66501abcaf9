"""A serving process serves texts where its carrier carries them, and has nothing of them where it does not."""

from pathlib import Path

from community.clock import MovableClock
from community.settings import load_settings
from shouwang.carriers import build_carrier
from shouwang.texting import TextSide, build_text_side
from shouwang.wiring import open_office
from tests.harness.dialling import Exchange


async def test_texts_are_served_where_the_carrier_carries_them(tmp_path: Path, clock: MovableClock) -> None:
    with open_office(load_settings({"SHOUWANG_DATA_DIR": str(tmp_path)}), clock=clock) as office:
        carrier = build_carrier(office)
        side = build_text_side(office, carrier, "w")
        paths = [route.path for route in side.routes]
        assert paths[0] == "/sms/{tail:inbound}"
        assert paths[1].startswith("/sms/simulated/")
        assert [loop.name for loop in side.loops] == ["texts", "missed_texts"]
        for loop in side.loops:
            await loop.tick()
        await carrier.close()
        assert build_text_side(office, Exchange(clock), "w") == TextSide()
