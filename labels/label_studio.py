"""Labelled sentences to and from Label Studio: its JSON tasks, its labelling config, its JSON export.

Label Studio counts offsets of plain text in code points, as the dataset does. Its older versions counted UTF-16
units, in which an emoji is two; the text that each region carries tells which ones were meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from labels.errors import UserError
from labels.sentence import Entity, LabelledSentence
from labels.taxonomy import Category, Taxonomy
from labels.validity import sentence_problems

_TEXT, _ENTITIES, _SECTORS = "text", "entities", "sectors"
_COLOURS = ("#2f6fde", "#8a56d8", "#c2456b", "#b86a12", "#2b8a5a", "#4d7486", "#8c7a17", "#b04fb5")


class LabelStudioError(UserError):
    """An export that cannot be read; the message names the file, the task and the remedy."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Sentences of an export, and how many of its tasks nobody has annotated yet."""

    sentences: list[LabelledSentence]
    n_open: int


def label_config(taxonomy: Taxonomy) -> str:
    """Labelling config (XML) of a project for these sectors and entity types."""
    view = ElementTree.Element("View")
    if taxonomy.entity_types:
        labels = ElementTree.SubElement(view, "Labels", name=_ENTITIES, toName=_TEXT)
        for at, category in enumerate(taxonomy.entity_types):
            colour = {"background": _COLOURS[at % len(_COLOURS)]}
            ElementTree.SubElement(labels, "Label", _attributes(category) | colour)
    # Without the style spaces are folded, and offsets with them.
    style = ElementTree.SubElement(view, "Style")
    style.text = ".htx-text{ white-space: pre-wrap; }"
    ElementTree.SubElement(view, "Text", name=_TEXT, value=f"${_TEXT}")
    choices = ElementTree.SubElement(view, "Choices", name=_SECTORS, toName=_TEXT, choice="multiple")
    for category in taxonomy.sectors:
        ElementTree.SubElement(choices, "Choice", _attributes(category))
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


def to_tasks(sentences: Iterable[LabelledSentence]) -> list[dict[str, Any]]:
    """Tasks for Label Studio's import, each with its labels as an annotation."""
    return [
        {
            "data": {"text": s.text, "id": s.id, "genre": s.genre, "source": s.source},
            "annotations": [{"result": _results(s)}],
        }
        for s in sentences
    ]


def read_export(path: Path, taxonomy: Taxonomy) -> Imported:
    """Sentences of a JSON export; of several annotations of a task the last counts, cancelled ones do not.

    The order of sectors is that of the choices. Label Studio itself sorts those that it saves anew as the config
    does, so look at the order of sectors that were changed there.

    Raises:
        LabelStudioError: no such file, another format, or a label that is missing or not in the taxonomy.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise LabelStudioError(f"{path}: cannot be read ({error.strerror}); name a JSON export") from error
    except ValueError as error:
        raise LabelStudioError(f"{path}: is not JSON ({error}); export from Label Studio as JSON") from error
    if not isinstance(content, list) or not content:
        raise LabelStudioError(f"{path}: must be a list of tasks; export from Label Studio as JSON")
    found = [_sentence(task, f"{path}: task {_name(task, at)}", taxonomy) for at, task in enumerate(content, 1)]
    sentences = [sentence for sentence in found if sentence is not None]
    return Imported(sentences, len(found) - len(sentences))


def _attributes(category: Category) -> dict[str, str]:
    hint = {"hint": f"{category.name}: {category.description}"} if category.description else {}
    return {"value": category.key} | hint


def _results(sentence: LabelledSentence) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = [
        {
            "id": f"e{at}",
            "from_name": _ENTITIES,
            "to_name": _TEXT,
            "type": "labels",
            "value": {
                "start": entity.start,
                "end": entity.end,
                "text": sentence.text[entity.start : entity.end],
                "labels": [entity.type],
            },
        }
        for at, entity in enumerate(sentence.entities, 1)
    ]
    if sentence.sectors:
        value = {"choices": list(sentence.sectors)}
        results.append({"id": "s", "from_name": _SECTORS, "to_name": _TEXT, "type": "choices", "value": value})
    return results


def _name(task: Any, position: int) -> str:
    """What a person finds the task by: Label Studio's own number, the sentence's id, else its place in the file."""
    if isinstance(task, dict):
        data = task.get("data")
        if "id" in task:
            return str(task["id"])
        if isinstance(data, dict) and data.get("id"):
            return str(data["id"])
    return f"at position {position}"


def _sentence(task: Any, where: str, taxonomy: Taxonomy) -> LabelledSentence | None:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict) or not isinstance(task.get("annotations"), list):
        raise LabelStudioError(f"{where}: has no `data` or no `annotations`; export as JSON, not as JSON-MIN")
    if not isinstance(data.get("text"), str) or not data["text"].strip():
        raise LabelStudioError(f"{where}: has no `text` in its data; import tasks from `newsdesk labels`")
    valid = [one for one in task["annotations"] if isinstance(one, dict) and not one.get("was_cancelled")]
    if not valid:
        return None
    sectors: list[str] = []
    entities: list[Entity] = []
    results = valid[-1].get("result") or []
    if not isinstance(results, list):
        raise LabelStudioError(f"{where}: `result` of its annotation must be a list; export as JSON again")
    for result in results:
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            raise LabelStudioError(f"{where}: a result has no `value`; export as JSON again")
        if result.get("type") == "choices":
            sectors += _labels(value, "choices", where)
        elif result.get("type") == "labels":
            entities.append(_entity(value, data["text"], where))
    sentence = LabelledSentence(
        id=_text(data, "id", where),
        text=data["text"],
        sectors=tuple(sectors),
        entities=tuple(sorted(entities)),
        genre=_text(data, "genre", where),
        source=_text(data, "source", where),
    )
    for problem in sentence_problems(sentence, taxonomy):
        raise LabelStudioError(f"{where}: {problem}")
    return sentence


def _text(data: dict[str, Any], field: str, where: str) -> str:
    value = data.get(field, "")
    if not isinstance(value, str):
        raise LabelStudioError(f"{where}: `{field}` of its data must be a text, was {value!r}")
    return value


def _labels(value: dict[str, Any], kind: str, where: str) -> list[str]:
    given = value.get(kind)
    if not isinstance(given, list) or not given or not all(isinstance(label, str) for label in given):
        raise LabelStudioError(f"{where}: a result has no {kind}; give it one or delete it")
    return given


def _entity(value: dict[str, Any], text: str, where: str) -> Entity:
    start, end, marked = value.get("start"), value.get("end"), value.get("text")
    labels = _labels(value, "labels", where) if marked is None else _labels(value, "labels", f"{where}, {marked!r}")
    if type(start) is not int or type(end) is not int:
        raise LabelStudioError(f"{where}: a region's start and end must be whole numbers, were {start!r} and {end!r}")
    if len(labels) > 1:
        raise LabelStudioError(f"{where}: region {start}-{end} has the labels {', '.join(labels)}; keep one")
    start, end = _code_points(text, start, end, marked, where)
    # People drag over the space beside a word.
    name = text[start:end]
    start += len(name) - len(name.lstrip())
    end -= len(name) - len(name.rstrip())
    return Entity(start, end, labels[0])


def _code_points(text: str, start: int, end: int, marked: Any, where: str) -> tuple[int, int]:
    if not isinstance(marked, str) or text[start:end] == marked:
        return start, end
    units = text.encode("utf-16-le")
    before, inside = units[: 2 * start], units[2 * start : 2 * end]
    if 0 <= start < end and inside.decode("utf-16-le", "replace") == marked:
        at = len(before.decode("utf-16-le", "replace"))
        return at, at + len(marked)
    if text[start:end].strip() == marked.strip():
        return start, end
    raise LabelStudioError(f"{where}: region {start}-{end} is {text[start:end]!r}, not {marked!r}; mark it again")


def write_tasks(path: Path, sentences: Sequence[LabelledSentence]) -> None:
    """Write the tasks of sentences as a file for Label Studio's import.

    Raises:
        LabelStudioError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(to_tasks(sentences), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise LabelStudioError(f"{path}: cannot be written ({error.strerror}); name another --out") from error
