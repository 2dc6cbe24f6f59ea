"""The glossary in the formats people use: a page to browse, CSV and Markdown."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cells import inert
from pipeline.files import write_text
from pipeline.glossary.entries import RESTS_ON, SenseView

if TYPE_CHECKING:
    import pandas as pd

SCRIPT = """
const box = document.getElementById('search'), found = document.getElementById('found');
if (box) box.addEventListener('input', () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean); let n = 0;
  for (const entry of document.querySelectorAll('.entry')) {
    let any = false;
    for (const sense of entry.querySelectorAll('article')) {
      const text = (entry.id + ' ' + sense.textContent).toLowerCase();
      sense.hidden = !words.every(word => text.includes(word)); any = any || !sense.hidden;
    }
    entry.hidden = !any; n += any;
  }
  found.textContent = words.length ? n + (n === 1 ? ' term' : ' terms') : '';
});
"""


def write_html(
    path: Path, *, title: str, version: str, language: str, synthetic: bool, entries: Sequence[Mapping[str, Any]]
) -> None:
    """Write the glossary as one self-contained page that reads without JavaScript."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.glossary"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    page = environment.get_template("glossary.html").render(
        title=title,
        version=version,
        language=language,
        synthetic=synthetic,
        entries=entries,
        script=SCRIPT,
        script_hash=digest,
    )
    write_text(path, page)


def write_csv(path: Path, views: Mapping[str, Sequence[SenseView]]) -> None:
    """Write one row per sense; cells that a spreadsheet would run as a formula get an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "term_id",
            "sense_id",
            "name",
            "definition",
            "preferred",
            "status",
            "rests_on",
            "n_respondents",
            "base",
            "n_usages",
            "words",
        ]
    )
    for term, senses in views.items():
        for sense in senses:
            cells = [
                term,
                sense.sense_id,
                sense.name,
                sense.definition,
                sense.facts.get("preferred", ""),
                sense.status,
                RESTS_ON[sense.status],
                sense.n_respondents,
                sense.base,
                sense.n_usages,
                ", ".join(sense.words),
            ]
            writer.writerow([inert(cell) for cell in cells])
    write_text(path, out.getvalue())


def write_checks(path: Path, found: pd.DataFrame) -> None:
    """Write what the team should look at in its glossary."""
    write_text(path, found.map(inert).to_csv(index=False, lineterminator="\n"))


def write_markdown(path: Path, title: str, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write the glossary as Markdown, without quotes."""
    lines = [f"# Glossary: {title}", ""]
    for entry in entries:
        lines += [f"## {entry['label']} ({entry['verdict']})", "", entry["summary"], ""]
        for sense in entry["senses"]:
            said = sense["definition"] or "Not yet defined."
            used = f"{sense['n_respondents']} of {sense['base']} respondents."
            lines.append(f"- **{sense['name']}** ({sense['status']}). {said} {used}")
        lines.append("")
    write_text(path, "\n".join(lines))
