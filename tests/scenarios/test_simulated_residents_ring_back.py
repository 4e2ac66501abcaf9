"""A simulated resident who missed the call rings back through the same webhooks as a real one, and it is marked 演练."""

from sqlalchemy import select

from community.clock import MovableClock
from community.model.cases.case import CaseKind
from community.store.attempts import attempts
from community.store.cases import cases
from community.store.database import Database
from tests.harness.telephone import telephone_world
from voice.carriers.simulated.carrier import SimulatedCarrier
from voice.carriers.simulated.characters import Cast, default_cast

NUMBER = "+8613800000001"
WELL = """
name: 访视
purpose: 想问问您的近况。
questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]
"""


def cast(name: str, **changes: object) -> Cast:
    """Everybody is like that."""
    everybody = default_cast()
    chosen = {name: everybody.named(name).model_copy(update=changes), "willing": everybody.named("willing")}
    alone = {key: character.model_copy(update={"weight": float(key == name)}) for key, character in chosen.items()}
    return everybody.model_copy(update={"characters": alone})


async def test_who_missed_the_call_rings_back_and_finishes(sqlite: Database, clock: MovableClock) -> None:
    carriers: dict[str, SimulatedCarrier] = {}
    async with telephone_world(sqlite, clock, carriers) as world:
        carrier = carriers["simulated"] = SimulatedCarrier(
            world.public_url, speed=0, characters=cast("rings_back"), clock=clock
        )
        call = world.write_call(NUMBER, questionnaire=WELL, carrier="simulated")
        await world.place(carrier, call)
        await carrier.finished()
        await carrier.close()
        assert world.attempt(call).outcome == "no_answer"
        with sqlite.reading() as conn:
            back = conn.execute(select(attempts).where(attempts.c.direction == "inbound")).one()
            opened = conn.execute(select(cases.c.kind, cases.c.rehearsal)).all()
        assert (back.target_id, back.status, back.outcome, back.rehearsal) == (
            call.target_id,
            "ended",
            "answered",
            True,
        )
        assert world.target(call).status == "completed"
        assert "well" in world.answers(call)
        assert all((kind, marked) == (CaseKind.CALLBACK, True) for kind, marked in opened)
