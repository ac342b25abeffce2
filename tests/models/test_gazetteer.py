from labels.catalogue import CatalogueEntry
from labels.marked_text import parse_marked_line
from models.gazetteer import Gazetteer, learn_gazetteer


def found(gazetteer, text):
    return [(text[e.start : e.end], e.type) for e in gazetteer.find(text)]


def test_the_longest_of_overlapping_names_counts():
    gazetteer = Gazetteer({"China": "PLACE", "Bank of China": "COMPANY", "Bank": "COMPANY"})
    assert found(gazetteer, "Bank of China lends in China") == [("Bank of China", "COMPANY"), ("China", "PLACE")]


def test_names_are_whole_words_as_written():
    gazetteer = Gazetteer({"Gap": "COMPANY", "US": "PLACE"})
    assert found(gazetteer, "The gap widens; Gapminder tells us") == []
    assert found(gazetteer, "US-based Gap's") == [("US", "PLACE"), ("Gap", "COMPANY")]


def test_a_name_with_a_typographic_mark_is_found_in_either_writing():
    assert found(Gazetteer({"Lowe's": "COMPANY"}), "Lowe’s opens") == [("Lowe’s", "COMPANY")]


def test_learning_takes_the_commonest_type_and_drops_words_that_are_seldom_names():
    lines = [
        "none | news | [Line](PRODUCT) is down",
        "none | news | [Line](COMPANY) hires, says [Line](COMPANY)",
        "none | news | [Target](COMPANY) of the day",
        "none | news | Target prices rose and Target dates slipped",
    ]
    gazetteer = learn_gazetteer([parse_marked_line(line, str(n)) for n, line in enumerate(lines)])
    assert gazetteer.names == {"Line": "COMPANY"}


def test_no_names_find_nothing():
    assert Gazetteer({}).find("anything") == []


def test_the_catalogue_speaks_for_names_that_no_sentence_marks_or_contradicts():
    sentences = [
        parse_marked_line("none | news | [Kia](PRODUCT) sells and Oracle of Delphi speaks.", "1"),
        parse_marked_line("none | news | The gap between Gap and gap.", "2"),
    ]
    catalogue = [
        CatalogueEntry(id="kia", name="Kia", type="COMPANY", country="KR", aliases=["Kia Motors"]),
        CatalogueEntry(id="gap", name="Gap", type="COMPANY", country="US"),
        CatalogueEntry(id="apple", name="Apple", type="COMPANY", country="US", ambiguous=["Apple"]),
    ]
    assert learn_gazetteer(sentences, catalogue).names == {"Kia": "PRODUCT", "Kia Motors": "COMPANY"}
