from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from pipeline import tables
from pipeline.agreement.alpha import alpha
from pipeline.cli import main
from pipeline.ids import content_id
from tests.coding.conftest import Command
from tests.coding.fake import make_study

VARIABLES = ("correct", "gives_equation", "example_type", "nature_of_mistake")
PUBLISHED = {"correct": 0.8965, "gives_equation": 0.9238, "example_type": 0.85667, "nature_of_mistake": 0.49228}
RAW = {"correct": -0.148, "gives_equation": -0.050, "example_type": 0.466, "nature_of_mistake": 0.120}
CLEAN = {
    "example_type: quadratic (parabola)": "quadratic",
    "example_type: Quadratic (parabola)": "quadratic",
    "example_type: picewise linear": "piecewise linear",
    "example_type: picewise other": "piecewise other",
    "example_type: Other - no answer visible": "no answer visible",
    "nature_of_mistake: Surjective and should not be": "surjective but should not be",
    "nature_of_mistake: surjective and should not be": "surjective but should not be",
    "nature_of_mistake: surjective": "surjective but should not be",
    "nature_of_mistake: domain too small": "domain has gaps",
    "nature_of_mistake: domain is too small": "domain has gaps",
    "nature_of_mistake: Domain goes beyond [0,1]": "domain exceeds [0,1]",
    "nature_of_mistake: Image is [0, 1/2]": "image is [0,1/2]",
}


def cells(path: Path) -> list[dict[str, str]]:
    rows = [
        [str(cell if cell is not None else "") for cell in row] for row in openpyxl.load_workbook(path).active.values
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def three_coders(root: Path, data: Path, **labels: Any) -> Any:
    """Make a study of the three sheets: a script is a respondent, a part of it an excerpt."""
    study = make_study(root)
    sheets = {coder: cells(data / f"coding-{coder}.xlsx") for coder in ("GK", "BD", "PI")}
    units = sorted({f"{row['script']}/{row['part']}" for rows in sheets.values() for row in rows})
    texts = [f"answer {unit}" for unit in units]
    respondents = [unit.split("/")[0] for unit in units]
    responses = pd.DataFrame(
        {"response_id": units, "respondent_id": respondents, "question_id": "why", "text": texts}
    ).assign(item_id=None, wave="1", text_digest="", language="en", export_row=1, export_column="c")
    tables.write(study.processed, "responses", responses)
    excerpts = pd.DataFrame({"excerpt_id": units, "response_id": units, "start": 0, "text": texts})
    tables.write(study.processed, "excerpts", excerpts.assign(end=excerpts.text.str.len()))
    tables.write(study.processed, "usages", tables.empty("usages"))
    with (data / "coding-final.csv").open(encoding="utf-8") as file:
        final = list(csv.DictReader(file))
    themes, ids = [], {}
    for variable in VARIABLES:
        said = sorted({part.strip() for row in final for part in row[variable].split(";")} - {"", "NA", "-"})
        for label in said:
            ids[(variable, label)] = content_id(variable.replace("_", "-"), label, length=6)
        themes.append(
            {"id": variable, "name": variable, "codes": [{"id": ids[(variable, x)], "name": x} for x in said]}
        )
    (study.codebook_folder / "themes.yaml").write_text(yaml.safe_dump({"version": "1", "themes": themes}))
    clean = {key: ids[(key.split(": ")[0], label)] for key, label in CLEAN.items()}
    files = [
        {
            "file": f"coding-{coder}.xlsx",
            "coder": coder,
            "unit": ["script", "part"],
            "columns": {v: v for v in VARIABLES},
        }
        for coder in sheets
    ]
    mapping = {"files": files, "clean": clean, "not_applicable": ["N/A", "n/A", "-"]} | labels
    (study.codebook_folder / "labels.yaml").write_text(yaml.safe_dump(mapping))
    study.codings.mkdir(parents=True)
    for coder in sheets:
        shutil.copy(data / f"coding-{coder}.xlsx", study.codings / f"coding-{coder}.xlsx")
    return study


def nominal_alpha(study: Any, variable: str) -> float:
    """Return nominal alpha of one question from the tables that `collect` wrote; a set of labels is one value."""
    work = tables.read(study.processed, "assignments").merge(
        tables.read(study.processed, "codings"), on="assignment_id"
    )
    prefix = (f"{variable.replace('_', '-')}_", f"{variable}: ")
    mine = work[work.code_id.str.startswith(prefix)]
    said = mine.groupby(["coder_id", "unit_id"]).code_id.agg(lambda codes: "|".join(sorted(codes))).unstack("unit_id")
    numbers = {value: float(i) for i, value in enumerate(sorted(set(said.stack().dropna())))}
    measured = alpha(said.map(lambda value: numbers.get(value, np.nan)).to_numpy(dtype=float), "nominal")
    assert measured.value is not None
    return float(measured.value)


@pytest.mark.realdata
def test_three_published_sheets_come_in_and_give_the_published_agreement(shared_data: Path, tmp_path: Path) -> None:
    study = three_coders(tmp_path, shared_data / "examples-3coder")
    result = CliRunner().invoke(main, ["collect", "--study", "tiny", "--root", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert {v: round(nominal_alpha(study, v), 4) for v in VARIABLES} == {v: round(x, 4) for v, x in PUBLISHED.items()}
    assert "came in through labels.yaml" in result.output and "case, blanks or dashes differ" in result.output
    assert "no label at all; counted as not seen by PI" in result.output


@pytest.mark.realdata
def test_uncleaned_they_give_the_raw_values_and_a_warning_that_shows_why(shared_data: Path, tmp_path: Path) -> None:
    study = three_coders(tmp_path, shared_data / "examples-3coder", as_written=True, clean={}, not_applicable=[])
    result = CliRunner().invoke(main, ["collect", "--study", "tiny", "--root", str(tmp_path)])
    assert result.exit_code == 0, result.output
    found = {v: nominal_alpha(study, v) for v in VARIABLES}
    assert found == pytest.approx(RAW, abs=0.0006)
    assert "differ only by case" in result.output and "'correct: Y', 'correct: y'" in result.output


def mapped(study: Any, content: str, **entry: Any) -> None:
    labels = {"files": [{"file": "foreign.csv", "coder": "zoe", **entry}]}
    (study.codebook_folder / "labels.yaml").write_text(yaml.safe_dump(labels))
    study.codings.mkdir(parents=True, exist_ok=True)
    (study.codings / "foreign.csv").write_text(content, encoding="utf-8-sig")


def outcome(study: Any) -> dict[tuple[str, str], tuple[str, str]]:
    work = tables.read(study.processed, "assignments").merge(
        tables.read(study.processed, "decisions"), on="assignment_id"
    )
    codes = tables.read(study.processed, "codings").groupby("assignment_id").code_id.agg(",".join).to_dict()
    return {(r.coder_id, r.unit_id): (r.state, codes.get(r.assignment_id, "")) for r in work.itertuples()}


def test_a_column_per_code_with_ones(study: Any, run: Command) -> None:
    text = "unit;col;sha\nex000a;1;\nex000b;0;0\nex001a;;\nex001b;x;1\n;;\nTotal;3;1\n"
    mapped(study, text, layout="ones", unit=["unit"], columns={"col": "colour", "sha": "shape"})
    result = run("collect")
    assert result.exit_code == 0, result.output
    assert outcome(study) == {
        ("zoe", "ex000a"): ("coded", "colour"),
        ("zoe", "ex000b"): ("no_code", ""),
        ("zoe", "ex001b"): ("coded", "colour,shape"),
    }
    assert "'Total'): a total or an empty row, left out" in result.output


def test_numbered_columns_matched_by_text_and_coder_columns(study: Any, run: Command) -> None:
    words = tables.read(study.processed, "excerpts").text
    text = f'words,Code 1,Code 2\n"{words[0]}",Shape,colour; data-size\n"{words[1].upper()}",Shape,\n'
    mapped(study, text, layout="numbered", text="words")
    result = run("collect")
    assert result.exit_code == 1 and "is no excerpt of this study" in result.output and "row 3" in result.output
    mapped(study, text.split(words[1].upper())[0][:-1], layout="numbered", text="words")
    assert run("collect").exit_code == 0
    assert list(outcome(study).values()) == [("coded", "colour,data-size,shape")]
    mapped(study, "unit,one,two\nex000a,Shape,\n", layout="coders", unit=["unit"], columns={"one": "ann", "two": "bob"})
    assert run("collect").exit_code == 0
    assert outcome(study) == {("ann", "ex000a"): ("coded", "shape")}


def test_work_handed_out_here_keeps_its_assignment(study: Any, run: Command) -> None:
    run("assign")
    before = len(tables.empty("assignments"))
    text = "unit,coder,label\n" + "".join(f"ex00{i}a,ann,colour\n" for i in range(10))
    mapped(study, text, layout="numbered", unit=["unit"], coder_column="coder", columns={"label": "label"})
    result = run("collect")
    assert result.exit_code == 0, result.output
    work = tables.read(study.processed, "assignments")
    excerpts = work[(work.coder_id == "ann") & (work.unit_kind == "excerpt")]
    assert excerpts.unit_id.is_unique and before == 0
    assert set(work["round"]) == {"1", "imported"}


def test_wrong_mappings_are_told(study: Any, run: Command) -> None:
    mapped(study, "unit,label\nex000a,colour\n", layout="numbered", unit=["nit"], columns={"labl": "x"})
    result = run("collect")
    assert (
        result.exit_code == 1
        and "no column 'nit', 'labl'" in result.output
        and "its columns are unit, label" in result.output
    )
    mapped(study, "unit,label\nex000a,colour\n", layout="number", unit=["unit"])
    result = run("collect")
    assert result.exit_code == 1 and "'number' is not one of" in result.output and "numbered" in result.output
