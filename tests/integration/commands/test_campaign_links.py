"""`campaign invite` and `campaign answer` as staff type them."""

from pathlib import Path

from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.store.campaigns import campaigns, targets
from shouwang.wiring import open_office
from tests.integration.commands.test_campaign_commands import document, house, run

__all__ = ["house"]


def launched(house: Path) -> int:
    """A campaign that is running, without a worker."""
    made = document(run("create", str(house / "q.yml"), "--as", "lin", "--json"))
    campaign: int = made["id"]
    with open_office() as office, office.database.begin() as conn:
        conn.execute(
            campaigns.update().values(status=CampaignStatus.RUNNING, launched_at=office.clock.now(), rehearsal=True)
        )
        values = {"campaign_id": campaign, "resident_id": 1, "status": TargetStatus.WAITING, "outcome_counts": {}}
        conn.execute(targets.insert().values(**values, next_at=office.clock.now()))
    return campaign


def test_links_are_printed_one_a_line(house: Path) -> None:
    campaign = launched(house)
    line = document(run("invite", str(campaign), "--resident", "1", "--as", "lin", "--json"))
    assert (line["resident"], line["target"], "/answer/" in line["link"]) == (1, 1, True)
    unknown = run("invite", str(campaign), "--resident", "99", "--as", "lin", "--json")
    assert (unknown.exit_code or 1, '"error"' in unknown.stdout) == (1, True)
    assert run("invite", str(campaign), "--as", "lin").exception is not None
    nobody = run("invite", str(campaign), "--unreached", "--as", "lin", "--json")
    assert nobody.stdout == ""


def test_an_answer_from_a_visit_completes_the_target(house: Path) -> None:
    campaign = launched(house)
    said = document(
        run("answer", str(campaign), "--resident", "1", "--question", "a", "--text", "挺好的", "--as", "lin", "--json")
    )
    assert (said["answered"], said["completed"], said["reading"]["label"]) == (True, True, "yes")
    again = run("answer", str(campaign), "--resident", "1", "--question", "a", "--text", "不好", "--as", "lin")
    assert "已经答过" in str(again.exception)
    refused = run("invite", str(campaign), "--resident", "1", "--as", "lin", "--json")
    assert "已经答过了" in refused.stdout
