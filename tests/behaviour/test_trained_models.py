"""What a trained model must do whatever its scores: minimum functionality, invariance, direction.

The transformer here is the small one of the test session, so that the demands are those that any
serious training meets.
"""

import numpy as np
import pytest

PLAIN_CASES = [
    ("ai_models", "The lab released a new large language model that beats its rivals on reasoning benchmarks."),
    ("semiconductors", "The foundry will begin making 2nm chips with new lithography machines next year."),
    ("finance", "The company raised $300 million from investors in a funding round that values it at $2 billion."),
    ("ecommerce", "The online marketplace cut its fees for sellers before the shopping festival."),
    ("robotics", "A humanoid robot lifts boxes in the factory beside its human colleagues."),
    ("mobility", "The carmaker will sell its new electric sedan in Europe from the autumn."),
    ("energy", "The solar farm and its batteries will supply power to the grid from March."),
    ("devices", "The new foldable phone has a bigger screen and a better camera."),
    ("cloud_software", "The cloud provider opens a data centre and sells database software to companies."),
    ("media_gaming", "The studio's new video game sold three million copies in its first week."),
    ("health", "The drug slowed the disease in a clinical trial with patients at twelve hospitals."),
    ("science_space", "The rocket put four satellites into orbit and its first stage landed safely."),
    ("economy", "Inflation fell to 2 per cent in May while unemployment rose, official statistics show."),
    ("policy", "The government will fine firms that break its new data protection law."),
]
BOILERPLATE = [
    "Good morning, and welcome to this week's edition!",
    "Click here to unsubscribe.",
    "Thanks for reading, see you next Friday.",
    "Forwarded this email? Subscribe here.",
]


def probability(desk, text, sector):
    at = desk.model.taxonomy.sector_keys.index(sector)
    return float(desk.model.classify([text]).sectors[0, at])


def test_plain_cases_of_every_sector_are_filed_there(desk):
    prediction = desk.model.classify([text for _, text in PLAIN_CASES])
    first = [desk.model.taxonomy.sector_keys[at] for at in prediction.sectors.argmax(1)]
    wrong = [(sector, given) for (sector, _), given in zip(PLAIN_CASES, first, strict=True) if sector != given]
    assert len(wrong) <= 1, wrong


def test_boilerplate_has_no_sector(desk):
    assert sum(bool(sentence.sectors) for sentence in desk.classify(BOILERPLATE)) <= 1


def test_a_company_name_alone_earns_no_sector(desk):
    names = ("Alibaba", "Nvidia", "Tesla", "Pfizer", "Sony", "BP")
    sentences = desk.classify([f"Somebody from {name} thanked the guests and went home." for name in names])
    assert sum(bool(sentence.sectors) for sentence in sentences) <= 2


def test_another_company_name_leaves_the_sectors_as_they_are(desk):
    names = ["ByteDance", "Tesla", "Pfizer", "Sony", "Rosneft", "Corvalis"]
    for template in (
        "{}'s new drug slowed the disease in a clinical trial with patients at twelve hospitals.",
        "{} opened a warehouse where robots sort parcels.",
        "{} reported higher quarterly profit and will buy back shares.",
    ):
        first = desk.model.classify([template.format(name) for name in names]).sectors.argmax(1)
        assert np.bincount(first).max() >= len(names) - 2, template


def test_typographic_marks_change_nothing(desk):
    plain = "The chipmaker's boss said: \"We can't make wafers fast enough\" - and bought two more machines."
    curly = "The chipmaker’s boss said: “We can’t make wafers fast enough” – and bought two more machines."
    first, second = desk.model.classify([plain, curly]).sectors
    assert first == pytest.approx(second, abs=0.02)


def test_a_listing_added_to_a_sentence_raises_finance(desk):
    before = "The battery maker opened a plant in Hungary."
    after = "The battery maker opened a plant in Hungary and filed for an initial public offering in Hong Kong."
    assert probability(desk, after, "finance") > probability(desk, before, "finance") + 0.1


def test_a_ban_added_to_a_sentence_raises_policy(desk):
    before = "The company sells drones to farmers in Texas."
    after = "The company sells drones to farmers in Texas, which the government wants to ban under a new law."
    assert probability(desk, after, "policy") > probability(desk, before, "policy") + 0.1


def test_well_known_names_are_found_with_their_types(desk):
    text = "Toyota and Samsung met officials in Tokyo before flying home to Korea."
    found = {text[e.start : e.end]: e.type for e in desk.classify([text])[0].entities}
    assert found.get("Tokyo") == "PLACE"
    assert found.get("Korea") == "PLACE"
    assert "Toyota" in found
    assert "Samsung" in found


def test_every_probability_lies_between_0_and_1_for_odd_texts(desk):
    odd = [
        "",
        " ",
        "🚀",
        "\u0000",
        "a" * 5_000,
        "华为发布了新手机。",
        "<script>alert(1)</script>",
        "word " * 2_000,
        "\ud83d",
    ]
    prediction = desk.model.classify(odd)
    assert prediction.sectors.shape == (len(odd), 14)
    assert np.isfinite(prediction.sectors).all()
    assert prediction.sectors.min() >= 0
    assert prediction.sectors.max() <= 1
    for text, entities in zip(odd, prediction.entities, strict=True):
        assert all(0 <= e.start < e.end <= len(text) for e in entities)
