"""The agreement table for a paper: the same rows as LaTeX, CSV and DOCX."""

from __future__ import annotations

import io
import re
import shutil
import zipfile

import pandas as pd
import pytest

from pipeline.report import papertables, render
from tests.report.test_agreed import alpha, with_rows
from tests.report.test_paper import given_of


@pytest.fixture(scope="module")
def given(large):
    rows = [alpha("all codes", 0.61, ci_low=0.5, ci_high=0.7), alpha("code:colour", -0.05), alpha("code:a_b & c", None)]
    return with_rows(given_of(large), "agreement", rows)


def test_every_row_is_in_every_format(given):
    headers, rows = papertables.shown(given)
    tex = papertables.as_latex(given)
    body = re.search(r"\\midrule\n(.*)\n\\bottomrule", tex, re.S)[1].splitlines()
    assert len(body) == len(rows) == len(papertables.as_frame(given)) == 3
    assert body[0].startswith("All codes together & 0.61 & 0.50 to 0.70 & below 0.667 & ")
    assert all(line.count(" & ") == len(headers) - 1 for line in body)
    assert "$-$0.05" in tex
    assert r"a\_b \& c" in tex
    assert "95 \\%" in tex
    with zipfile.ZipFile(io.BytesIO(render.docx(given.study, papertables.as_markdown(given), given.study.reports,
                                                contents=False))) as archive:  # fmt: skip
        words = archive.read("word/document.xml").decode()
    assert words.count("<w:tr>") + words.count("<w:tr ") == 4
    assert "0.50 to 0.70" in words
    assert "instrText" not in words  # no table of contents


def test_cells_are_plain_text(given):
    frame = papertables.as_frame(given)
    assert frame.iloc[0, 0] == "All codes together"
    assert not frame.astype(str).stack().str.contains(r"\\|\*\*").any()
    assert isinstance(frame, pd.DataFrame)


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no LaTeX here")
def test_latex_sets_it(given, tmp_path):
    import subprocess

    text = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}%s\\end{document}"
    (tmp_path / "x.tex").write_text(text % papertables.as_latex(given), encoding="utf-8")
    subprocess.run(["pdflatex", "-halt-on-error", "x.tex"], cwd=tmp_path, check=True, capture_output=True)
