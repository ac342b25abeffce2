"""Templates of pages: everything that comes from an issue is escaped, and no script runs but the page's own."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_PACKAGE = "predict.page"
_templates = Environment(
    loader=PackageLoader(_PACKAGE, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render(template: str, script: str | None = None, **values: Any) -> str:
    """A page from a template of this package, with one of its scripts inlined as it is."""
    source = files(_PACKAGE).joinpath(script).read_text(encoding="utf-8") if script else ""
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    # The second lock behind escaping: a script that is not this one does not run.
    allowed = f"'sha256-{digest}'" if script else "'none'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return _templates.get_template(template).render(script=Markup(source), policy=policy, **values)
