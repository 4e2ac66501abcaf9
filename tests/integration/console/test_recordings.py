"""Listening to a call on the console: who may, what is written down, and that nothing is kept by the browser."""

from sqlalchemy import select

from community.files.recording_shelf import RecordingShelf
from community.model.actor import Actor
from community.store.attempts import attempts
from community.store.audit import audit_lines
from community.store.calls import Utterance, add_utterances, running_call
from community.store.recordings import keep_recording, note_recording, recordings_of
from community.usecases.receive_call import receive_call
from community.usecases.take_message import take_message
from tests.harness.console import Site, visit
from tests.harness.twilio_server import wav

_TARGET = "/console/targets/1"
_VOICE = Actor.system("voice")


def _record_the_first_call(site: Site) -> str:
    """Put a recording beside the first call of the first target."""
    now = site.clock.now()
    file = RecordingShelf(site.settings.data_dir).keep("call-RE1", wav(), "audio/wav", now)
    with site.database.begin() as conn:
        attempt = conn.execute(select(attempts.c.id).where(attempts.c.target_id == 1).limit(1)).scalar_one()
        note_recording(conn, attempt, carrier="twilio", carrier_id="RE1", seconds=20, now=now)
        (recording,) = recordings_of(conn, [attempt])[attempt]
        assert keep_recording(conn, recording, file, now)
    return f"/console/recordings/{recording.id}"


def _listenings(site: Site) -> list[str]:
    with site.database.reading() as conn:
        played = select(audit_lines.c.actor).where(audit_lines.c.action == "recording.played")
        return list(conn.execute(played).scalars())


async def test_staff_listen_beside_the_transcript_and_leave_a_line(site: Site) -> None:
    path = _record_the_first_call(site)
    async with visit(site, "wangli") as guest:
        assert f'<audio class="player" controls preload="none" src="{path}"' in await guest.page(_TARGET)
        assert _listenings(site) == []
        response = await guest.get(path)
        assert (response.status, response.content_type) == (200, "audio/wav")
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.read() == wav()
        part = await guest.get(path, headers={"Range": "bytes=100-"})
        assert (part.status, await part.read()) == (206, wav()[100:])
    assert _listenings(site) == ["staff:wangli"]


async def test_nobody_listens_without_signing_in(site: Site) -> None:
    path = _record_the_first_call(site)
    async with visit(site) as guest:
        response = await guest.get(path)
        assert response.status in {302, 303}
    assert _listenings(site) == []


async def test_a_recording_that_is_gone_says_so(site: Site) -> None:
    path = _record_the_first_call(site)
    RecordingShelf(site.settings.data_dir).remove("recordings/2026/07/call-RE1.wav")
    async with visit(site, "wangli") as guest:
        for gone in (path, "/console/recordings/999"):
            response = await guest.get(gone)
            assert response.status == 404
            assert "这段录音已经不在了" in await response.text()


async def test_a_message_is_played_on_its_case_with_what_was_said(site: Site) -> None:
    now = site.clock.now()
    with site.database.begin() as conn:
        arrived = {"carrier": "twilio", "carrier_id": "CA77", "caller": "+8613800000999", "called": "+85230000000"}
        attempt = receive_call(conn, **arrived, rehearsal=False, now=now)
        call = running_call(conn, attempt)
        assert call is not None
        add_utterances(conn, attempt, [Utterance("resident", "水管漏了", now)])
        case = take_message(conn, call, recording="RE77", seconds=6, rules=site.rules, actor=_VOICE, now=now)
        file = RecordingShelf(site.settings.data_dir).keep("call-RE77", wav(), "audio/wav", now)
        (recording,) = recordings_of(conn, [attempt])[attempt]
        assert keep_recording(conn, recording, file, now)
    async with visit(site, "wangli") as li:
        page = await li.page(f"/console/cases/{case.id}")
        assert "居民留言" in page
        assert "水管漏了" in page
        assert f"/console/recordings/{recording.id}" in page
        assert (await li.get(f"/console/recordings/{recording.id}")).status == 200
