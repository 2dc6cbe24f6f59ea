"""A glossary of invented answers, written whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pipeline.cli import main
from tests.report.fake import Fake, fake

GLOSSARY = """\
version: "2"
editors: [A. Team]
entries:
  - term: similar
    note: Nobody says similar to what.
    frame: X is similar to Y in respect R, as judged by M
    slots: {R: what is compared, M: who or what judges}
    senses:
      - id: visual
        name: alike in appearance
        genus: relation of image collections
        differentia: whose pictures a person would take to look alike
        preferred: visually alike
        deprecated: ["the same <look>"]
        fills: {R: appearance, M: a person}
        tell: Would a child sort them together?
        measurement: share of pairs a viewer cannot tell apart
        minimal_pair: {against: similar.semantic, here: They look similar., there: They show similar organs.}
        counter_example: two scans of one patient
        source: attested
        references: ["Doe & Roe 2020"]
        competing: [{definition: sharing low-level statistics, source: Poe 2021}]
        relations: {related: [similar.semantic], opposite: [similar.statistical]}
        dissent: ben would not split this
        version: "2"
        change_note: narrowed to pictures
        decided_by: amara, ben
        decided_on: 2025-07-01
      - id: semantic
        name: alike in what is shown
        definition: Showing the same kind of thing, such as organs or diseases.
        relations: {same: [domain.field]}
      - {id: statistical, name: close in distribution}
  - term: domain
    senses:
      - id: field
        name: subject area
        definition: The subject that images belong to.
        relations: {broader: [domain.distribution]}
      - {id: distribution, name: source of the data}
"""


def glossary_in(folder: Path, text: str = GLOSSARY, **options: Any) -> Fake:
    """Make a study with a glossary.yaml and run `sameword glossary` in it."""
    made = fake(folder, **options)
    (made.study.codebook_folder / "glossary.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["glossary", "--root", str(made.study.root), "--study", "fake"])
    assert result.exit_code == 0, result.output
    return made
