"""What a first start needs: built pages, a trained model, a fictional community to look at, an administrator."""

from pathlib import Path

import click
import yaml
from sqlalchemy import Connection

from community.errors import Unavailable
from community.files.policy_file import SUFFIXES
from community.files.resident_file import read_resident_file
from community.model.actor import Actor
from community.model.staff import Role
from community.store.campaigns import list_campaigns
from community.store.roster import RosterFilter, count_roster
from community.store.staff import all_staff, staff_by_login
from community.usecases.add_staff import add_staff
from community.usecases.approve_campaign import approve_campaign
from community.usecases.create_campaign import create_campaign
from community.usecases.import_policies import PolicyFile, import_policies
from community.usecases.import_residents import import_residents
from community.usecases.launch_campaign import launch_campaign
from community.usecases.reset_password import reset_password
from console import build_static
from shouwang.training import train_if_changed
from shouwang.wiring import Office

ADMIN = "admin"
_SYSTEM = Actor.system("setup")
_SAMPLE_CAMPAIGN = "sample-heat-care.yml"


def build_assets() -> None:
    """Build the console's pages and train the model, where that is not done.

    Raises:
        Unavailable: npm or the training failed; the sentence says why.
    """
    if not build_static.is_built():
        click.echo("正在准备控制台的页面资源……")
        try:
            build_static.build()
        except RuntimeError as error:
            raise Unavailable(str(error)) from error
    click.echo("正在检查助手的模型（材料有变化才训练，约一分钟）……")
    train_if_changed()


def load_sample_community(office: Office) -> bool:
    """Load the fictional community into a database that has nobody in it yet; tell whether it was loaded."""
    if not _is_sample(office):
        return False
    with office.database.begin() as conn:
        if all_staff(conn) or count_roster(conn, RosterFilter()):
            return False
        _add_staff(conn, office)
        _add_residents(conn, office)
        _add_policies(conn, office)
    click.echo("已装入虚构的示例社区。")
    return True


def launch_sample_campaign(office: Office) -> None:
    """Launch the sample campaign once, against simulated residents; a real carrier never gets it."""
    folder = office.settings.community_dir / "campaigns"
    if not _is_sample(office) or office.settings.carrier != "simulated":
        return
    now = office.clock.now()
    with office.database.begin() as conn:
        if list_campaigns(conn) or staff_by_login(conn, "lin") is None:
            return
        source = (folder / _SAMPLE_CAMPAIGN).read_text(encoding="utf-8")
        lin, zhou = Actor.staff("lin"), Actor.staff("zhou")
        campaign_id = create_campaign(conn, source, rules=office.rules, actor=lin, now=now)
        approve_campaign(conn, campaign_id, rules=office.rules, actor=zhou, now=now)
        launch_campaign(conn, campaign_id, rules=office.rules, actor=lin, now=now)


def first_password(office: Office) -> str | None:
    """Make the administrator, and return a one-time password as long as they have never signed in with one."""
    now = office.clock.now()
    with office.database.begin() as conn:
        admin = staff_by_login(conn, ADMIN)
        if admin is None:
            if any(member.role is Role.ADMIN for member in all_staff(conn)):
                return None
            return add_staff(conn, ADMIN, name="管理员", role=Role.ADMIN, actor=_SYSTEM, now=now).password
        if admin.must_change_password and admin.is_active:
            return reset_password(conn, ADMIN, actor=_SYSTEM, now=now)
    return None


def _is_sample(office: Office) -> bool:
    return (office.settings.community_dir / "campaigns" / _SAMPLE_CAMPAIGN).is_file()


def _add_staff(conn: Connection, office: Office) -> None:
    for person in yaml.safe_load(_file(office, "staff.yml").read_text(encoding="utf-8")):
        add_staff(
            conn,
            person["login"],
            name=person["name"],
            role=Role(person["role"]),
            grid=person.get("grid", ""),
            actor=_SYSTEM,
            now=office.clock.now(),
        )


def _add_residents(conn: Connection, office: Office) -> None:
    path = _file(office, "residents.csv")
    now = office.clock.now()
    listed = read_resident_file(path.name, path.read_bytes(), settings=office.settings, rules=office.rules, now=now)
    import_residents(conn, listed, actor=_SYSTEM, now=now)


def _add_policies(conn: Connection, office: Office) -> None:
    paths = sorted(path for path in _file(office, "policies").iterdir() if path.suffix.lower() in SUFFIXES)
    files = [PolicyFile(path.name, path.read_bytes()) for path in paths]
    import_policies(conn, files, actor=_SYSTEM, now=office.clock.now())


def _file(office: Office, name: str) -> Path:
    return office.settings.community_dir / name
