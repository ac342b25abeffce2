"""The review page's server: for this machine only, and for no other web page."""

from __future__ import annotations

import secrets
import shlex
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict

from labels.errors import UserError
from labels.sentence import Entity, LabelledSentence
from labels.taxonomy import Taxonomy
from labels.validity import MOST_SECTORS, sentence_problems
from predict.review.answers import AnswerFile
from predict.review.hotkeys import assign_hotkeys
from predict.review.selection import Candidate

HOST = "127.0.0.1"
_PAGE = "page.html"


class Span(BaseModel):
    """An entity as the page posts it; offsets count code points."""

    model_config = ConfigDict(extra="forbid", strict=True)

    start: int
    end: int
    type: str


class Answer(BaseModel):
    """Labels that a person accepted for one candidate."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    sectors: list[str]
    entities: list[Span]


def listen(port: int) -> socket.socket:
    """Socket on this machine's own address; port 0 takes any that is free.

    Raises:
        UserError: the port is busy.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UserError(f"port {port} is busy; choose another with --port, or none for any free one") from error


def make_app(candidates: Sequence[Candidate], taxonomy: Taxonomy, answers: AnswerFile, port: int) -> FastAPI:
    """Application that shows the candidates and saves what is accepted.

    Args:
        candidates: in the order to show.
        taxonomy: of the model that proposes.
        answers: where accepted sentences go.
        port: the one it is served on; requests that name another are refused.
    """
    # Without its pages about itself, which load scripts from elsewhere.
    app = FastAPI(openapi_url=None)
    by_id = {candidate.sentence.id: candidate for candidate in candidates}
    template = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    ).get_template(_PAGE)
    hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    @app.middleware("http")
    async def refuse_strangers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        # A page elsewhere can make a browser post here, or give its own name this address (DNS rebinding).
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if host not in hosts or (origin is not None and origin != f"http://{host}"):
            return _message(403, "Only the review page itself may ask; open the address that newsdesk printed.")
        return await call_next(request)

    @app.exception_handler(RequestValidationError)
    async def explain(_: Request, error: RequestValidationError) -> Response:
        problems = (f"{'.'.join(map(str, one['loc'][1:])) or 'body'}: {one['msg']}" for one in error.errors())
        return _message(422, "; ".join(problems))

    @app.get("/")
    async def page() -> HTMLResponse:
        nonce = secrets.token_urlsafe(16)
        content = template.render(nonce=nonce, data=_page_data(candidates, taxonomy, answers))
        return HTMLResponse(content, headers=_headers(nonce))

    @app.post("/accept")
    async def accept(answer: Answer) -> JSONResponse:
        candidate = by_id.get(answer.id)
        if candidate is None:
            return _message(422, f"id: {answer.id!r} is none of the sentences under review; load the page again")
        sentence = LabelledSentence(
            id=candidate.sentence.id,
            text=candidate.sentence.text,
            sectors=tuple(answer.sectors),
            entities=tuple(sorted(Entity(span.start, span.end, span.type) for span in answer.entities)),
            genre=candidate.sentence.genre,
            source=candidate.sentence.source,
        )
        if problems := list(sentence_problems(sentence, taxonomy)):
            return _message(422, "; ".join(problems))
        try:
            answers.save(sentence)
        except UserError as error:
            return _message(500, str(error))
        return JSONResponse(_labels(sentence))

    return app


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Serve until interrupted."""
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def _message(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status_code=status)


def _headers(nonce: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _page_data(candidates: Sequence[Candidate], taxonomy: Taxonomy, answers: AnswerFile) -> dict[str, Any]:
    sector_keys, type_keys = assign_hotkeys(taxonomy)
    return {
        "file": str(answers.path.resolve()),
        "command": f"make labels ADD={shlex.quote(str(answers.path))}",
        "most_sectors": MOST_SECTORS,
        "sectors": [
            {"key": c.key, "name": c.name, "about": c.description, "not_here": c.not_here, "hotkey": hotkey}
            for c, hotkey in zip(taxonomy.sectors, sector_keys, strict=True)
        ],
        "types": [
            {"key": c.key, "name": c.name, "about": c.description, "hotkey": hotkey}
            for c, hotkey in zip(taxonomy.entity_types, type_keys, strict=True)
        ],
        "candidates": [_candidate_data(candidate, answers) for candidate in candidates],
    }


def _candidate_data(candidate: Candidate, answers: AnswerFile) -> dict[str, Any]:
    sentence = candidate.sentence
    saved = answers.answer(sentence.text)
    return {
        "id": sentence.id,
        "text": sentence.text,
        "issue": sentence.issue,
        "is_heading": sentence.is_heading,
        "heading": sentence.heading,
        "before": sentence.before,
        "after": sentence.after,
        "reasons": candidate.reasons,
        "probabilities": [round(p, 4) for p in candidate.probabilities],
        "proposed": {"sectors": candidate.sectors, "entities": _spans(candidate.entities)},
        "saved": _labels(saved) if saved else None,
    }


def _labels(sentence: LabelledSentence) -> dict[str, Any]:
    return {"sectors": sentence.sectors, "entities": _spans(sentence.entities)}


def _spans(entities: Sequence[Entity]) -> list[dict[str, Any]]:
    return [{"start": e.start, "end": e.end, "type": e.type} for e in entities]
