import pytest

from labels.taxonomy import TaxonomyError, load_taxonomy, taxonomy_from_dict


def test_the_projects_taxonomy_has_14_sectors_and_5_entity_types_with_words_for_people():
    taxonomy = load_taxonomy()
    assert len(taxonomy.sectors) == 14
    assert taxonomy.entity_keys == ("COMPANY", "ORGANIZATION", "PERSON", "PRODUCT", "PLACE")
    assert all(category.name and category.description and category.examples for category in taxonomy.sectors)


def test_a_taxonomy_survives_the_way_through_a_mapping():
    taxonomy = load_taxonomy()
    assert taxonomy_from_dict(taxonomy.to_dict(), "here") == taxonomy


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "needs a list `sectors`"),
        ({"sectors": ["a"]}, "entry 1: needs a text `key`"),
        ({"sectors": [{"key": "a"}, {"key": "a"}]}, "'a' stands more than once"),
        ({"sectors": [{"key": "a", "nmae": "A"}]}, "unknown field 'nmae'"),
        ({"sectors": [{"key": "a"}], "sektors": []}, "unknown field 'sektors'"),
    ],
)
def test_a_broken_taxonomy_is_refused_with_the_place_of_the_fault(content, message):
    with pytest.raises(TaxonomyError, match=message):
        taxonomy_from_dict(content, "my.yaml")


def test_a_missing_taxonomy_file_is_named(tmp_path):
    with pytest.raises(TaxonomyError, match="nowhere.yaml: cannot be read"):
        load_taxonomy(tmp_path / "nowhere.yaml")
