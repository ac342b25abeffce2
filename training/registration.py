"""What the registry says of a model: aliases, what changed since the champion, and its card."""

from __future__ import annotations

from models.registry import CHALLENGER, CHAMPION, aliased_version, connect
from training.model_card import differences, model_card

CHANGES_TAG = "changes"
PROMOTION_TAG = "promotion"


def announce(name: str, version: str, recipe: str) -> None:
    """Give a new version its recipe's alias and `challenger`, its notes against the champion, and its card.

    Args:
        name: registered model.
        version: of it, logged by a run.
        recipe: by whose name it is known until the recipe's next training.
    """
    client = connect()
    run = client.get_run(str(client.get_model_version(name, version).run_id))
    champion = aliased_version(name, CHAMPION)
    if champion is None or champion.run_id is None:
        changes = ["There was no champion to compare with."]
    else:
        changes = [f"Compared with the champion, version {champion.version}:"]
        changes += [f"- {line}" for line in differences(client.get_run(champion.run_id), run)]
    client.set_model_version_tag(name, version, CHANGES_TAG, "\n".join(changes))
    for alias in (recipe, CHALLENGER):
        client.set_registered_model_alias(name, alias, version)
    describe(name, version)


def describe(name: str, version: str) -> None:
    """Write a version's card anew from its run, and the model's own, which is the champion's."""
    client = connect()
    registered = client.get_model_version(name, version)
    card = model_card(client.get_run(str(registered.run_id)), registered, registered.tags.get(CHANGES_TAG, ""))
    client.update_model_version(name, version, card)
    champion = aliased_version(name, CHAMPION)
    if champion is None or str(champion.version) == version:
        client.update_registered_model(name, card)


def crown(name: str, version: str, reason: str) -> None:
    """Make a version the champion, with the reason as a tag, and its card that of the model."""
    client = connect()
    client.set_registered_model_alias(name, CHAMPION, version)
    client.set_model_version_tag(name, version, PROMOTION_TAG, reason)
    describe(name, version)


def name_challenger(name: str, version: str | None) -> None:
    """Give the alias `challenger` to a version, or take it away where no version is left beside the champion."""
    client = connect()
    if version is not None:
        client.set_registered_model_alias(name, CHALLENGER, version)
    elif aliased_version(name, CHALLENGER) is not None:
        client.delete_registered_model_alias(name, CHALLENGER)
