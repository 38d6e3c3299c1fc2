"""Users, organizations and groups."""

import pytest

from deskpulse.errors import RecordRejected
from deskpulse.records import Agent, Customer, Tombstone
from deskpulse_connectors.zendesk.people import to_account, to_person, to_team

AT = "2026-01-02T03:04:05Z"


def user(**fields):
    return {
        "id": 26363597354387,
        "name": "Customer 112",
        "email": "customer@example.com",
        "role": "end-user",
        "locale": "de",
        "organization_id": 500,
        "default_group_id": None,
        "active": True,
        "suspended": False,
        "created_at": AT,
        "updated_at": AT,
        **fields,
    }


def test_an_end_user_is_a_customer():
    [got] = to_person(user())
    assert isinstance(got, Customer)
    assert (got.id, got.account_id, got.language) == ("26363597354387", "500", "de")


@pytest.mark.parametrize("fields", [{"role": "agent"}, {"role": "admin"}])
def test_agents_and_admins_are_agents(fields):
    [got] = to_person(user(default_group_id=3, **fields))
    assert isinstance(got, Agent)
    assert (got.team_ids, got.active) == (["3"], True)


def test_a_light_agent_is_an_agent():
    [got] = to_person(user(role="agent", role_type=1, only_private_comments=True))
    assert isinstance(got, Agent)


def test_a_suspended_agent_is_not_active():
    [got] = to_person(user(role="agent", suspended=True))
    assert got.active is False


@pytest.mark.parametrize("fields", [{"active": False}, {"permanently_deleted": True}])
@pytest.mark.parametrize(("role", "kind"), [("end-user", "customer"), ("agent", "agent")])
def test_a_deleted_user_stays_known_and_is_gone(fields, role, kind):
    person, stone = to_person(user(role=role, **fields))
    assert person.kind_name == kind
    assert isinstance(stone, Tombstone)
    assert (stone.record, stone.reason) == (kind, "deleted")


def test_an_unknown_role_is_refused():
    with pytest.raises(RecordRejected, match="role is 'wizard'; allowed: admin, agent, end-user"):
        list(to_person(user(role="wizard")))


def test_a_user_without_mail_is_fine():
    [got] = to_person(user(email=None, name=None, organization_id=None))
    assert (got.email, got.account_id) == (None, None)


def test_an_organization_is_an_account():
    [got] = to_account(
        {
            "id": 500,
            "name": "Ampersand",
            "domain_names": ["a.example"],
            "created_at": AT,
            "deleted_at": None,
            "organization_fields": {"plan": "plus", "seats": 4, "odd": ["x"]},
        }
    )
    assert (got.name, got.domains, got.custom) == (
        "Ampersand",
        ["a.example"],
        {"plan": "plus", "seats": 4},
    )


def test_a_deleted_organization_is_gone():
    [stone] = to_account({"id": 500, "name": "x", "deleted_at": AT})
    assert (stone.record, stone.id) == ("account", "500")


def test_groups_are_teams_and_deleted_ones_are_gone():
    [team] = to_team({"id": 3, "name": "Billing", "deleted": False})
    assert (team.id, team.name) == ("3", "Billing")
    [stone] = to_team({"id": 3, "name": "Billing", "deleted": True, "updated_at": AT})
    assert stone.record == "team"
