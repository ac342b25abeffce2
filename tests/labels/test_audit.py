from labels.audit import audit
from labels.taxonomy import load_taxonomy


def test_an_audit_lists_every_error_with_file_and_line_and_goes_on(write_sentences):
    path = write_sentences(
        {"id": "1", "text": "Kia opens a plant", "sectors": ["mobility"]},
        {"id": "2", "text": "A flu vaccine is here", "sectors": ["medicine"]},
        {"id": "1", "text": "Rates stay where they are", "sectors": ["economy"]},
        {"id": "4", "text": "Kia opens a plant", "sectors": ["mobility"]},
    )
    with path.open("a") as file:
        file.write("not json\n")
    errors = audit(path, load_taxonomy()).errors
    places = {error.removeprefix(f"{path}:")[0]: error for error in errors}
    assert sorted(places) == ["2", "3", "4", "5"]
    assert "unknown sector" in places["2"]
    assert "same id" in places["3"]
    assert "same text" in places["4"]
    assert "is not JSON" in places["5"]


def test_near_duplicates_and_names_of_several_types_are_listed_but_no_errors(write_sentences):
    path = write_sentences(
        {
            "id": "1",
            "text": "Line raised its fees in Bangkok on Monday",
            "entities": [{"start": 0, "end": 4, "type": "COMPANY"}],
        },
        {
            "id": "2",
            "text": "Line raised its fees in Bangkok on Monday.",
            "entities": [{"start": 0, "end": 4, "type": "PRODUCT"}],
        },
    )
    found = audit(path, load_taxonomy())
    assert found.errors == []
    assert len(found.near_duplicates) == 1
    assert found.names_with_types[0].types == {"COMPANY": 1, "PRODUCT": 1}


def test_counts_add_up_over_the_splits(write_sentences):
    path = write_sentences(
        *({"id": str(n), "text": f"{n} {n * 7919} tonnes", "sectors": ["energy"]} for n in range(60))
    )
    found = audit(path, load_taxonomy())
    assert sum(found.split_sizes.values()) == found.n_sentences == sum(found.sector_counts["energy"].values()) == 60
    assert sum(found.sector_counts["policy"].values()) == 0
