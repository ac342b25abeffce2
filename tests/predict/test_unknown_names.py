from labels.catalogue import CatalogueEntry
from predict.filed import FiledEntity, FiledSentence, FiledStory
from predict.unknown_names import UnknownName, count_unknown_names

KIA = CatalogueEntry(id="kia", name="Kia", type="COMPANY", country="KR")


def story(number, *sentences):
    return FiledStory("a.txt", number, None, False, (), sentences)


def test_unlinked_companies_and_organizations_are_counted_the_most_frequent_first():
    acme = FiledSentence(
        "Kia pays Acme in Győr.", (), (FiledEntity(0, 3, "COMPANY", KIA), FiledEntity(9, 13, "COMPANY"))
    )
    place = FiledSentence("Győr, says Ossa.", (), (FiledEntity(0, 4, "PLACE"), FiledEntity(11, 15, "ORGANIZATION")))
    assert count_unknown_names([story(1, acme, place), story(2, acme)]) == [
        UnknownName("Acme", "COMPANY", 2, 2),
        UnknownName("Ossa", "ORGANIZATION", 1, 1),
    ]
