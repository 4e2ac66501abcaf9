"""Accounts: passwords given out once, wrong ones that lock, sessions that end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import Conflict, InvalidInput, NotFound, Refused
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.signing_in import lock_after
from community.model.staff import Role
from community.store.audit import audit_lines
from community.store.database import Database
from community.store.staff import sessions, staff, staff_by_login
from community.usecases.add_staff import add_staff
from community.usecases.authorise import authorise
from community.usecases.change_password import change_password
from community.usecases.check_password import check_password
from community.usecases.disable_staff import disable_staff
from community.usecases.find_session import find_session
from community.usecases.reset_password import reset_password
from community.usecases.set_duty import set_duty
from community.usecases.sign_in import SignedIn, SignInRefused, sign_in
from community.usecases.sign_out import sign_out

SETUP = Actor.system("setup")
ADMIN = Actor.staff("zhang")


class Door:
    """The sign-in of one community: an administrator, and a community worker whose password is known here."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database = database
        self.clock = clock
        with database.begin() as conn:
            add_staff(conn, "zhang", name="张主任", role=Role.ADMIN, actor=SETUP, now=clock.now())
            new = add_staff(conn, "lin", name="林晓梅", role=Role.COMMUNITY_STAFF, actor=ADMIN, now=clock.now())
        self.password = new.password

    def try_in(self, login: str, password: str) -> SignedIn | SignInRefused:
        now = self.clock.now()
        with self.database.reading() as conn:
            check = check_password(conn, login, password, now=now)
        with self.database.begin() as conn:
            return sign_in(conn, check, now=now)

    def is_in(self, token: str) -> bool:
        with self.database.reading() as conn:
            return find_session(conn, token, now=self.clock.now()) is not None

    def go_in(self) -> SignedIn:
        signed_in = self.try_in("lin", self.password)
        assert isinstance(signed_in, SignedIn)
        return signed_in


@pytest.fixture
def door(database: Database, clock: MovableClock) -> Door:
    return Door(database, clock)


def test_the_password_given_out_opens_once_and_must_be_replaced(door: Door) -> None:
    signed_in = door.go_in()
    assert signed_in.staff.login == "lin"
    assert signed_in.staff.must_change_password
    assert door.is_in(signed_in.token)


def test_neither_passwords_nor_tokens_are_kept(door: Door) -> None:
    signed_in = door.go_in()
    with door.database.reading() as conn:
        kept = str(conn.execute(select(staff)).all()) + str(conn.execute(select(sessions)).all())
        kept += str(conn.execute(select(audit_lines)).all())
    assert door.password not in kept
    assert signed_in.token not in kept
    assert "$argon2id$" in kept


def test_five_wrong_passwords_lock_and_the_right_one_opens_after_the_wait(door: Door) -> None:
    for _ in range(5):
        refused = door.try_in("lin", "wrong-password")
        assert refused == SignInRefused(message="账号或密码不对：请核对后再试，忘了密码请管理员重置")
    locked = door.try_in("lin", door.password)
    assert isinstance(locked, SignInRefused)
    assert "分钟后再试" in locked.message
    door.clock.advance(timedelta(seconds=61))
    door.go_in()


def test_each_further_wrong_password_locks_longer() -> None:
    assert [lock_after(n).total_seconds() for n in (1, 4, 5, 6, 7, 50)] == [0, 0, 60, 120, 240, 3600]


def test_a_right_password_forgets_the_wrong_ones(door: Door) -> None:
    for _ in range(4):
        door.try_in("lin", "wrong-password")
    door.go_in()
    for _ in range(4):
        door.try_in("lin", "wrong-password")
    door.go_in()


@pytest.mark.parametrize("password", ["", "x", "错" * 20_000, "\0"])
@pytest.mark.parametrize("login", ["nobody", "", "\0", "林" * 5000])
def test_an_unknown_login_and_nonsense_are_refused_alike(door: Door, login: str, password: str) -> None:
    unknown, known = door.try_in(login, password), door.try_in("lin", password)
    assert isinstance(unknown, SignInRefused)
    assert unknown == known


def test_a_session_ends_with_the_working_day(door: Door) -> None:
    signed_in = door.go_in()
    door.clock.advance(timedelta(hours=11, minutes=59))
    assert door.is_in(signed_in.token)
    door.clock.advance(timedelta(minutes=1))
    assert not door.is_in(signed_in.token)


def test_signing_out_ends_this_session_alone(door: Door) -> None:
    here, there = door.go_in(), door.go_in()
    with door.database.begin() as conn:
        sign_out(conn, here.token, now=door.clock.now())
        sign_out(conn, "never-was", now=door.clock.now())
    assert not door.is_in(here.token)
    assert door.is_in(there.token)


def test_a_new_password_ends_every_session(door: Door) -> None:
    signed_in = door.go_in()
    with door.database.begin() as conn:
        change_password(conn, "lin", door.password, "荷塘月色与2026的夏", now=door.clock.now())
    assert not door.is_in(signed_in.token)
    door.password = "荷塘月色与2026的夏"
    assert not door.go_in().staff.must_change_password


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("short", "10 到 128"),
        ("lin-and-more-words", "账号或常见密码"),
        ("MyPassword-2026", "账号或常见密码"),
        ("aaaaabbbbbaa", "太简单"),
        ("x" * 129, "10 到 128"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(door: Door, new: str, why: str) -> None:
    with door.database.begin() as conn, pytest.raises(InvalidInput, match=why):
        change_password(conn, "lin", door.password, new, now=door.clock.now())


def test_the_old_password_is_asked_for(door: Door) -> None:
    with door.database.begin() as conn, pytest.raises(InvalidInput, match="原密码不对"):
        change_password(conn, "lin", "wrong", "荷塘月色与2026的夏", now=door.clock.now())


def test_a_reset_gives_a_new_password_and_lifts_the_lock(door: Door) -> None:
    for _ in range(6):
        door.try_in("lin", "wrong-password")
    with door.database.begin() as conn:
        door.password = reset_password(conn, "lin", actor=ADMIN, now=door.clock.now())
    assert door.go_in().staff.must_change_password


def test_a_disabled_account_is_out_at_once_and_may_come_back(door: Door) -> None:
    signed_in = door.go_in()
    with door.database.begin() as conn:
        disable_staff(conn, "lin", actor=ADMIN, now=door.clock.now())
        with pytest.raises(Refused, match="已停用"):
            authorise(conn, "lin", Permission.VIEW)
    assert not door.is_in(signed_in.token)
    assert isinstance(door.try_in("lin", door.password), SignInRefused)
    with door.database.begin() as conn:
        disable_staff(conn, "lin", disabled=False, actor=ADMIN, now=door.clock.now())
    door.go_in()


def test_the_last_administrator_stays(door: Door) -> None:
    with door.database.begin() as conn:
        with pytest.raises(Refused, match="自己的账号"):
            disable_staff(conn, "zhang", actor=ADMIN, now=door.clock.now())
        with pytest.raises(Refused, match="最后一个管理员"):
            disable_staff(conn, "zhang", actor=SETUP, now=door.clock.now())


def test_nobody_makes_accounts_above_their_own(door: Door) -> None:
    now = door.clock.now()
    with door.database.begin() as conn:
        add_staff(conn, "zhou", name="周书记", role=Role.SECRETARY, actor=ADMIN, now=now)
        with pytest.raises(Refused, match="社工不能"):
            add_staff(conn, "new1", name="新人", role=Role.GRID_WORKER, actor=Actor.staff("lin"), now=now)
        with pytest.raises(Refused, match="只有管理员"):
            add_staff(conn, "new1", name="新人", role=Role.ADMIN, actor=Actor.staff("zhou"), now=now)
        with pytest.raises(Refused, match="只有管理员"):
            reset_password(conn, "zhang", actor=Actor.staff("zhou"), now=now)
        add_staff(conn, "new1", name="新人", role=Role.GRID_WORKER, actor=Actor.staff("zhou"), now=now)


@pytest.mark.parametrize("login", ["", "a", "有 空格", "a" * 41, "x;drop"])
def test_a_login_that_cannot_be_typed_is_refused(door: Door, login: str) -> None:
    with door.database.begin() as conn, pytest.raises(InvalidInput, match="账号只能用"):
        add_staff(conn, login, name="新人", role=Role.GRID_WORKER, actor=ADMIN, now=door.clock.now())


def test_a_login_is_taken_once(door: Door) -> None:
    with door.database.begin() as conn, pytest.raises(Conflict, match="已经有了"):
        add_staff(conn, "lin", name="又一位", role=Role.GRID_WORKER, actor=ADMIN, now=door.clock.now())


def test_people_switch_their_own_duty_and_not_that_of_others(database: Database, clock: MovableClock) -> None:
    now: datetime = clock.now()
    with database.begin() as conn:
        for login in ("chen", "wu"):
            add_staff(conn, login, name=login, role=Role.GRID_WORKER, actor=SETUP, now=now)
        assert not set_duty(conn, "chen", on_duty=False, actor=Actor.staff("chen"), now=now).on_duty
        with pytest.raises(Refused):
            set_duty(conn, "wu", on_duty=False, actor=Actor.staff("chen"), now=now)
        with pytest.raises(NotFound):
            set_duty(conn, "ghost", on_duty=False, actor=SETUP, now=now)
        wu = staff_by_login(conn, "wu")
        assert wu is not None
        assert wu.on_duty
