import pytest

from labels.catalogue import CatalogueEntry
from models.linking import Linker, normalise_name


def entry(entry_id: str, name: str, kind: str = "COMPANY", **fields: list[str]) -> CatalogueEntry:
    return CatalogueEntry.model_validate({"id": entry_id, "name": name, "type": kind, "country": "US"} | fields)


LINKER = Linker(
    [
        entry("apple", "Apple", aliases=["Apple Inc"], ambiguous=["Apple"]),
        entry("societe-generale", "Société Générale", aliases=["SocGen", "法国兴业银行"]),
        entry("bank-of-japan", "Bank of Japan", "ORGANIZATION", aliases=["BOJ"]),
        entry("general-motors", "General Motors", aliases=["GM"]),
        entry("general-mills", "General Mills"),
        entry("delta-air", "Delta Air Lines", aliases=["Delta"], shared=["Delta"]),
        entry("delta-electronics", "Delta Electronics", aliases=["Delta"]),
    ]
)


@pytest.mark.parametrize(
    ("mention", "kind", "expected", "how"),
    [
        ("SocGen", "COMPANY", "societe-generale", "exact"),
        ("法国兴业银行", "COMPANY", "societe-generale", "exact"),
        ("Societe Generale SA", "COMPANY", "societe-generale", "normalised"),
        ("GENERAL MOTORS CO.", "COMPANY", "general-motors", "normalised"),
        ("the Bank of Japan", "ORGANIZATION", "bank-of-japan", "normalised"),
        ("BOJ", "COMPANY", "bank-of-japan", "exact"),
        ("Delta", "COMPANY", "delta-electronics", "exact"),
        ("Delta Air-Lines", "COMPANY", "delta-air", "normalised"),
        ("Delta Electroncs", "COMPANY", "delta-electronics", "near"),
        ("Apple", "COMPANY", "apple", "exact"),
    ],
)
def test_a_mention_is_linked_by_any_of_its_names(mention, kind, expected, how):
    link = LINKER.link(mention, kind)
    assert link is not None
    assert (link.entry.id, link.how) == (expected, how)


@pytest.mark.parametrize(
    ("mention", "kind"),
    [
        ("Apple", "PRODUCT"),
        ("Apple", "ORGANIZATION"),
        ("Delta", "PLACE"),
        ("General Electric", "COMPANY"),
        ("Bank of Jordan", "ORGANIZATION"),
        ("GN", "COMPANY"),
        ("…", "COMPANY"),
        ("", "COMPANY"),
    ],
)
def test_an_unknown_name_or_another_type_stays_unlinked(mention, kind):
    assert LINKER.link(mention, kind) is None


def test_normalised_names_lose_case_accents_marks_and_legal_forms_but_never_all():
    assert normalise_name("The Nestlé S.A.") == "nestle"
    assert normalise_name("Alibaba Group Holding Ltd.") == "alibaba"
    assert normalise_name("AT&T Inc") == "at&t"
    assert normalise_name("Group") == "group"


def test_an_ambiguous_organization_is_not_linked_where_another_country_is_named():
    treasury = entry("us-treasury", "US Treasury", "ORGANIZATION", aliases=["Treasury"], ambiguous=["Treasury"])
    linker = Linker([treasury], {"US": ["US", "American"], "GB": ["Britain", "Britons"]})
    assert linker.link("Treasury", "ORGANIZATION", "The Treasury sold bonds.") is not None
    assert linker.link("Treasury", "ORGANIZATION", "Britons wait for the Treasury.") is None
    assert linker.link("Treasury", "ORGANIZATION", "The US told Britain what the Treasury wants.") is not None
    assert linker.link("US Treasury", "ORGANIZATION", "Britons wait for the US Treasury.") is not None
