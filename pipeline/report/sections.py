"""Which sections a report has: all that apply, or those survey.yaml names; no link leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection

ANCHOR = re.compile(r"\{#([\w:.-]+)")
LINK = re.compile(r"\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\](?:\{[^{}]*\})?)*)\]\(#([\w:.-]+)\)")


def shown(name: str, wanted: Collection[str]) -> bool:
    """Say whether a section is shown; none named means all."""
    return not wanted or name in wanted


def without_dead_links(markdown: str) -> str:
    """Return Markdown in which links to places that are not there have become their text."""
    known = set(ANCHOR.findall(markdown))
    return LINK.sub(lambda link: link[0] if link[2] in known else link[1], markdown)
