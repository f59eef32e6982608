"""Zoho's list of organisations, as it is documented and as it comes."""

import pytest

from integrations.models import OrganizationFacts
from integrations.providers.zoho_errors import BadAnswer
from integrations.zoho_organizations import organizations_in

ROW = {
    "organization_id": "10234695",
    "name": "Zillium Inc",
    "currency_code": "USD",
    "price_precision": 2,
    "fiscal_year_start_month": 0,
    "time_zone": "PST",
    "plan_name": "TRIAL",
    "is_org_active": True,
}


def test_an_organisation_as_it_is_documented() -> None:
    (found,) = organizations_in({"organizations": [ROW]})
    assert found == OrganizationFacts("10234695", "Zillium Inc", "USD", plan="TRIAL")
    assert "Zillium" not in repr(found)


def test_an_id_may_be_a_number_and_much_may_be_missing() -> None:
    (found,) = organizations_in({"organizations": [{"organization_id": 460000000026049123, "currency_code": "EUR"}]})
    assert found == OrganizationFacts("460000000026049123", "460000000026049123", "EUR")


def test_those_that_are_not_in_use_are_left_out_and_the_rest_is_in_order() -> None:
    names = [("b", True), ("a", True), ("c", False)]
    rows = [ROW | {"name": name, "is_org_active": used} for name, used in names]
    assert [one.name for one in organizations_in({"organizations": rows})] == ["a", "b"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"organizations": None},
        {"organizations": {}},
        {"organizations": ["x"]},
        {"organizations": [{"currency_code": "USD"}]},
        {"organizations": [{"organization_id": "1"}]},
        {"organizations": [{"organization_id": "1", "currency_code": "euros"}]},
        {"organizations": [{"organization_id": ["1"], "currency_code": "USD"}]},
    ],
)
def test_what_cannot_be_understood_is_said(answer: dict[str, object]) -> None:
    with pytest.raises(BadAnswer):
        organizations_in(answer)
