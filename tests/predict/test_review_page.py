"""The review page as a person uses it: a real server, a real browser."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from labels.files import read_sentences
from labels.marked_text import parse_marked_line
from labels.taxonomy import load_taxonomy
from models.pooling import StoryPooling
from predict.desk import Desk
from predict.issue import Block, Issue
from predict.review.answers import AnswerFile
from predict.review.selection import Judge, pick, unreviewed
from predict.review.server import listen, make_app
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig

TAXONOMY = load_taxonomy()
SCRIPT = "document.title='owned'"
HOSTILE = f'Kia\'s <img src=x onerror="{SCRIPT}"> </script><script>{SCRIPT}</script> & vans {{{{ 7*7 }}}}'
BLOCKS = [
    ("heading", "Kia builds vans in Hungary"),
    ("paragraph", "🚐 Kia builds vans in Kosice with Moonlake AI. The plant hired ninety people for its second shift."),
    ("paragraph", HOSTILE),
]


@pytest.fixture(scope="module")
def desk():
    lines = [
        *(f"{sector.key} | news | {example}" for sector in TAXONOMY.sectors for example in sector.examples),
        "mobility | news | [Kia](COMPANY) builds vans",
    ]
    sentences = [parse_marked_line(line, str(n)) for n, line in enumerate(lines * 8)]
    model = fit_baseline(BaselineConfig(), TAXONOMY, sentences, sentences[: len(lines)], StoryPooling(), seed=1)
    return Desk(model)


class Review:
    """A running review and its file."""

    def __init__(self, desk, path):
        self.path = path
        self.answers = AnswerFile(path)
        issue = Issue("letter.md", tuple(Block(text, kind, level=kind == "heading") for kind, text in BLOCKS))
        left = unreviewed(desk.file_issue(issue), self.answers.texts)
        # In the order of the issue, so that a test can speak of the next sentence.
        order = [sentence.text for sentence in left]
        self.candidates = sorted(
            pick(left, Judge("baseline", desk.model), None, 40), key=lambda c: order.index(c.sentence.text)
        )

    @property
    def saved(self):
        return [placed.sentence for placed in read_sentences(self.path)] if self.path.exists() else []


@contextmanager
def running(review):
    with listen(0) as listener:
        review.port = listener.getsockname()[1]
        review.address = f"http://127.0.0.1:{review.port}"
        app = make_app(review.candidates, TAXONOMY, review.answers, review.port)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield review
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def review(desk, tmp_path):
    with running(Review(desk, tmp_path / "review.jsonl")) as one:
        yield one


@pytest.fixture
def page(browser, review):
    opened = browser.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda line: opened.problems.append(line.text) if line.type == "error" else None)
    opened.goto(review.address)
    yield opened
    opened.close()


def shown(page):
    return page.locator("#progress").inner_text()


def sentence(page):
    return page.locator("#sentence").text_content()


def given(page):
    chips = page.locator('.sector[aria-pressed="true"]')
    return sorted(chips.locator(".name").all_text_contents(), key=lambda name: _rank(page, name))


def _rank(page, name):
    return page.locator(".sector", has_text=name).locator(".rank").text_content()


def marks(page):
    return page.locator("#sentence mark").all_text_contents()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def accept(page):
    before = page.evaluate("location.hash")
    page.keyboard.press("Enter")
    page.wait_for_function("before => location.hash !== before", arg=before)


def select(page, text):
    """Select a piece of the sentence's text, as a mouse would."""
    page.evaluate(
        """wanted => {
          const sentence = document.getElementById('sentence');
          const walker = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode());) {
            const at = node.data.indexOf(wanted);
            if (at >= 0) return getSelection().setBaseAndExtent(node, at, node, at + wanted.length);
          }
          throw new Error('not there: ' + wanted);
        }""",
        text,
    )


def test_it_shows_the_sentence_in_its_story_with_what_the_model_proposes(page, review):
    assert shown(page) == "1 of 4"
    assert sentence(page) == "Kia builds vans in Hungary"
    page.keyboard.press("s")
    assert page.locator("#heading").inner_text() == "Kia builds vans in Hungary"
    assert page.locator("#after").inner_text().startswith("The plant hired")
    assert sentence(page) == "🚐 Kia builds vans in Kosice with Moonlake AI."
    assert marks(page) == ["Kia"]
    assert given(page) == ["Mobility"]
    chip = page.locator(".sector", has_text="Mobility")
    assert chip.locator(".probability").inner_text().endswith("%")
    assert "robotaxis" in chip.get_attribute("title")
    assert page.locator("#reasons li").count() >= 1
    assert page.problems == []


def test_a_correction_made_with_keys_and_selection_is_in_the_file_at_once(page, review):
    page.keyboard.press("s")
    press(page, "3", "6", "6")  # finance on, mobility off and on again: finance weighs most
    assert given(page) == ["Finance", "Mobility"]
    select(page, "oonlake A")
    page.keyboard.press("c")
    select(page, "Kosice ")
    page.keyboard.press("l")
    assert marks(page) == ["Kia", "Kosice", "Moonlake AI"]
    accept(page)
    (saved,) = review.saved
    assert saved.text == "🚐 Kia builds vans in Kosice with Moonlake AI."
    assert saved.id == review.candidates[1].sentence.id
    assert saved.sectors == ("finance", "mobility")
    assert [(saved.text[e.start : e.end], e.type) for e in saved.entities] == [
        ("Kia", "COMPANY"),
        ("Kosice", "PLACE"),
        ("Moonlake AI", "COMPANY"),
    ]
    assert (saved.genre, saved.source) == ("paragraph", "review:letter.md")
    assert page.problems == []


def test_a_heading_is_saved_as_a_headline(page, review):
    accept(page)
    assert [saved.genre for saved in review.saved] == ["headline"]


def test_names_are_marked_and_removed_without_a_mouse(page, review):
    page.keyboard.press("s")
    press(page, *["ArrowRight"] * 7, "Shift+ArrowRight", "p")
    assert marks(page) == ["Kia", "Moonlake AI"]
    press(page, "ArrowRight", "Delete")
    assert marks(page) == ["Moonlake AI"]


def test_a_click_removes_a_mark_and_a_key_changes_the_type_of_a_clicked_one(page, review):
    page.keyboard.press("s")
    page.locator("#sentence mark").click(position={"x": 5, "y": 8})
    page.keyboard.press("o")
    assert page.locator(".remove").get_attribute("data-type") == "Organization"
    page.locator(".remove").click()
    assert marks(page) == []
    assert sentence(page) == "🚐 Kia builds vans in Kosice with Moonlake AI."


def test_a_fourth_sector_is_refused_with_a_word(page, review):
    press(page, "1", "2", "3", "4")
    assert len(given(page)) == 3
    assert "At most 3 sectors" in page.locator("#message").inner_text()


def test_loading_the_page_again_goes_on_where_it_was(page, review):
    accept(page)
    page.keyboard.press("s")
    page.reload()
    assert shown(page) == "3 of 4"
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert "saved" in page.locator("#message").inner_text()


def test_going_back_shows_what_was_saved_and_a_correction_takes_its_place(page, review):
    page.keyboard.press("3")
    accept(page)
    accept(page)
    press(page, "u", "u")
    assert given(page) == ["Mobility", "Finance"]
    press(page, "3", "7")
    accept(page)
    assert [saved.sectors for saved in review.saved] == [("mobility", "energy"), ("mobility",)]
    assert shown(page) == "2 of 4"
    assert list(review.path.parent.iterdir()) == [review.path]


def test_a_review_begun_anew_does_not_show_what_is_done(page, review, desk, browser):
    accept(page)
    with running(Review(desk, review.path)) as again:
        fresh = browser.new_page()
        fresh.goto(again.address)
        assert shown(fresh) == "1 of 3"
        accept(fresh)
        fresh.close()
        assert len(again.saved) == 2


def test_hostile_text_is_shown_as_text_and_neither_runs_nor_breaks(page, review):
    press(page, "s", "s", "s")
    assert sentence(page) == HOSTILE
    select(page, "vans")
    page.keyboard.press("r")
    accept(page)
    (saved,) = review.saved
    assert saved.text == HOSTILE
    assert "vans" in [HOSTILE[e.start : e.end] for e in saved.entities]
    assert page.title() == "newsdesk review"
    assert page.locator("img").count() == 0
    assert page.problems == []


def test_the_last_screen_says_where_the_file_is_and_how_to_add_it(page, review):
    accept(page)
    press(page, "s", "s", "s")
    assert shown(page) == "4 of 4"
    assert page.locator("#done-title").inner_text() == "1 of 4 saved"
    assert str(review.path) in page.locator("#done-file").inner_text()
    assert page.locator("#done-command").inner_text() == f"make labels ADD={review.path}"


def test_the_keys_are_shown_and_hidden(page, review):
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("s")
    assert shown(page) == "1 of 4"
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_what_the_server_refuses_is_said_on_the_page(page, review):
    page.evaluate("labels.sectors = ['fashion']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#message.bad")
    assert "unknown sector 'fashion'" in page.locator("#message").inner_text()
    assert shown(page) == "1 of 4"


def test_the_page_asks_for_nothing_from_elsewhere(browser, review):
    asked = []
    opened = browser.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(review.address)
    opened.close()
    assert all(url.startswith((review.address, "data:")) for url in asked)


def post(review, body, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", review.port, timeout=10)
    names = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", "/accept", json.dumps(body), names)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content.get("message", "")


def answer(review, **more):
    return {"id": review.candidates[0].sentence.id, "sectors": ["mobility"], "entities": []} | more


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
    ],
    ids=lambda headers: " ".join(*headers.items()),
)
def test_another_page_can_not_post(review, headers):
    status, message = post(review, answer(review), **headers)
    assert status == 403
    assert "review page" in message
    assert review.saved == []


def test_the_page_itself_can_post_under_either_name(review):
    for host in ("127.0.0.1", "localhost"):
        own = f"{host}:{review.port}"
        assert post(review, answer(review), Host=own, Origin=f"http://{own}") == (200, "")
    assert len(review.saved) == 1


def test_a_cross_origin_post_of_a_browser_is_refused(browser, desk, review, tmp_path):
    with running(Review(desk, tmp_path / "other.jsonl")) as elsewhere:
        # Without our policy, so that the page there may try.
        context = browser.new_context(bypass_csp=True)
        opened = context.new_page()
        opened.goto(elsewhere.address)
        opened.evaluate(
            "([address, body]) => fetch(address + '/accept', {method: 'POST', mode: 'no-cors', body}).catch(() => 0)",
            [review.address, json.dumps(answer(review))],
        )
        context.close()
    assert review.saved == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"sectors": ["fashion"]}, "unknown sector 'fashion'"),
        ({"sectors": ["mobility"] * 2}, "stands twice"),
        ({"sectors": ["ai_models", "finance", "mobility", "energy"]}, "keep the weightiest 3"),
        ({"entities": [{"start": 0, "end": 4, "type": "COMPANY"}]}, "stray space"),
        ({"entities": [{"start": 0, "end": 900, "type": "COMPANY"}]}, "does not lie in the text"),
        ({"entities": [{"start": 0, "end": 3, "type": "BRAND"}]}, "unknown type 'BRAND'"),
        ({"entities": [{"start": "0", "end": 3, "type": "COMPANY"}]}, "entities.0.start: "),
        ({"id": "r-none"}, "none of the sentences under review"),
        ({"text": "mine"}, "text: "),
    ],
)
def test_wrong_labels_are_refused_with_the_reason(review, more, message):
    status, said = post(review, answer(review, **more))
    assert status == 422
    assert message in said
    assert review.saved == []


def test_an_answer_does_not_run_into_a_line_without_an_end(review):
    review.path.write_text(json.dumps({"id": "x", "text": "By hand"}))
    post(review, answer(review))
    assert [saved.text for saved in review.saved] == ["By hand", "Kia builds vans in Hungary"]


def test_the_command_serves_until_interrupted_and_does_without_a_second_model(desk, environment_of, tmp_path):
    desk.model.save(tmp_path / "model")
    (tmp_path / "letter.md").write_text("# Kia builds vans in Hungary\n\nKia builds vans in Kosice with Moonlake AI.\n")
    command = [
        Path(sys.executable).parent / "newsdesk",
        "review",
        "letter.md",
        "gone.md",
        "--model",
        tmp_path / "model",
    ]
    process = subprocess.Popen(
        [*command, "--no-browser"],
        cwd=tmp_path,
        env=environment_of(tmp_path / "store"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    assert line.startswith("Review 2 sentences at http://127.0.0.1:")
    with urllib.request.urlopen(line.split()[4], timeout=10) as response:
        assert "script-src 'nonce-" in response.headers["Content-Security-Policy"]
    process.send_signal(signal.SIGINT)
    _, notes = process.communicate(timeout=20)
    assert process.returncode == 0, notes
    assert "going on without a second model" in notes
    assert "gone.md: no such file" in notes
    assert "0 sentences in review.jsonl" in notes
