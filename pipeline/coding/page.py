"""The coder's page: one self-contained HTML file, no network, respondents' words never markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

PARTS = ("desk.html", "desk.css", "store.js", "desk.js", "keys.js")
SLOT = re.compile(r"\{\{ (\w+) \}\}")
MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def render(packet: Mapping[str, Any], *, served: Mapping[str, Any] | None = None) -> str:
    """Return the page of one packet. served: where the page sends decisions, when it comes from `sameword review`.

    The policy allows exactly this page's own script and style, by hash, and no network but its own server.
    """
    script = "".join(_part(name) for name in ("store.js", "desk.js", "keys.js"))
    style, body = _part("desk.css"), _part("desk.html")
    policy = "; ".join(
        [
            "default-src 'none'", f"script-src 'sha256-{_hash(script)}'", f"style-src 'sha256-{_hash(style)}'",
            "img-src data:", f"connect-src {chr(39)}self{chr(39)}" if served else "connect-src 'none'",
            "base-uri 'none'", "form-action 'none'",
        ]
    )  # fmt: skip
    slots = {
        "language": _attribute(str(packet["language"])),
        "policy": policy,
        "style": style,
        "packet": embedded({**packet, "served": dict(served) if served else None}),
        "script": script,
    }
    return SLOT.sub(lambda found: slots[found[1]], body)  # one pass: texts that look like slots stay texts


def page_digest() -> str:
    """Return what tells one state of the page's script, style and markup from another."""
    parts = "".join(_part(name) for name in PARTS)
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()[:16]


def embedded(content: Any) -> str:
    """Return JSON that can stand inside a script element whatever its texts hold: pure ASCII, no < > &."""
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    for character, escape in MARKUP.items():
        text = text.replace(character, escape)
    return text


def _part(name: str) -> str:
    return files("pipeline.coding").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _attribute(text: str) -> str:
    return "".join(character for character in text if character.isalnum() or character == "-")
