"""Every step is refused to every role that may not take it, when it is taken and not only when a page is drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alertengine.vocabulary import InputError
from alertengine.web import Desk
from alertengine.web.roles import Right, Role, rights_of

from .conftest import signed_up


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path: Path = tmp_path_factory.mktemp("roles") / "record.db"
    signed_up(path, **{str(role): role for role in Role})
    return Desk(path)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("right", list(Right))
def test_a_role_may_do_what_it_may_and_nothing_else(desk: Desk, role: Role, right: Right) -> None:
    session = desk.sessions.begin(str(role))
    if right in rights_of(frozenset({role})):
        assert desk.allow(session, right).user == str(role)
    else:
        with pytest.raises(InputError, match="没有"):
            desk.allow(session, right)


def test_nobody_may_draft_review_and_approve_by_one_role() -> None:
    steps = {Right.WORK, Right.REVIEW, Right.APPROVE}
    for role in Role:
        assert len(rights_of(frozenset({role})) & steps) <= 1
    assert not rights_of(frozenset({Role.KEEPER})) & steps


def test_a_closed_account_may_do_nothing_though_its_page_is_open(desk: Desk) -> None:
    session = desk.sessions.begin("officer")
    desk.allow(session, Right.WORK)
    held = desk.accounts.get("officer")
    assert held is not None
    desk.accounts.change(replace(held, active=False), "管理员")
    with pytest.raises(InputError, match="登录已结束"):
        desk.allow(session, Right.WORK)
