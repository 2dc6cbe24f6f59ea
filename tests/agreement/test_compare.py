"""Other tools' numbers: recomputed by hand, from projects, tables of segments and NVivo's comparison."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from pipeline.agreement import alpha as a
from pipeline.agreement import chance
from pipeline.agreement.compare import coded_only, compare, compare_nvivo, of_cells, summary
from pipeline.agreement.segments import from_project, from_sheets
from pipeline.codebook.project import CONSENSUS, Coded, Project, Source
from pipeline.coding.sheets import Sheet
from pipeline.errors import InputError


@pytest.mark.parametrize(("one", "other", "both", "n", "printed", "cohen"), [
    (200, 200, 40, 1000, 0.0534, 0.0), (50, 60, 45, 5000, 0.6884, 0.8162),
])  # fmt: skip
def test_qualcoders_kappa_and_cohens_on_the_same_characters(one, other, both, n, printed, cohen):
    """Characters coded by one, by the other and by both, of n: values recomputed from QualCoder's source."""
    found = {name: measure.value for name, measure, _ in coded_only(both, one - both, other - both)}
    assert found["coded characters only, QualCoder's kappa"] == pytest.approx(printed, abs=5e-5)
    cells = {name: m.value for name, m, _ in of_cells(both, one - both, other - both, n - one - other + both)}
    assert cells["all characters, Cohen's kappa"] == pytest.approx(cohen, abs=5e-5)


def test_cells_are_the_coefficients_of_the_characters():
    ratings = np.array([[1] * 7 + [1] * 2 + [0] * 3 + [0] * 20, [1] * 7 + [0] * 2 + [1] * 3 + [0] * 20], dtype=float)
    found = {name: measure.value for name, measure, _ in of_cells(7, 2, 3, 20)}
    assert found["all characters, percent"] == pytest.approx(chance.percent(ratings).value)
    assert found["all characters, Cohen's kappa"] == pytest.approx(chance.cohen(ratings).value)
    assert found["all characters, alpha"] == pytest.approx(a.alpha(ratings, "nominal").value)
    assert [m.value for _, m, _ in of_cells(0, 0, 0, 9)][1:] == [None, None]


def project():
    return Project("x", (), sources=(
        Source("d1", "d1", "a" * 10,
               (Coded(0, 5, "red", "ann"), Coded(2, 6, "red", "bob"), Coded(0, 3, "blue", "bob"))),
        Source("d2", "d2", "b" * 20, (Coded(0, 20, "red", "ann"), Coded(1, 2, "red", CONSENSUS))),
        Source("d3", "d3", "c" * 30),
    ))  # fmt: skip


def values(found, code="red"):
    return found[found.code == code].set_index("definition").value


def test_a_project_under_every_definition():
    segments = from_project(project())
    assert segments.notes == ["1 codings of 'consensus' are left out: what a team settled is nobody's own decision"]
    found = values(compare(segments))
    answers = np.array([[1, 1, 0], [1, 0, 0]], dtype=float)
    assert found["all answers, alpha"] == pytest.approx(a.alpha(answers, "nominal").value)
    assert found["all answers, Cohen's kappa"] == pytest.approx(chance.cohen(answers).value)
    assert np.isnan(found["answers both coded, alpha"])  # one document, no variation
    mask = np.zeros((2, 60))
    mask[0, 0:5] = mask[0, 10:30] = mask[1, 2:6] = 1
    assert found["all characters, percent"] == pytest.approx((mask[0] == mask[1]).mean())
    assert found["all characters, alpha"] == pytest.approx(a.alpha(mask, "nominal").value)
    assert found["coded characters only, overlap"] == pytest.approx(3 / 26)
    assert found["marked words, alpha-u"] < 1
    assert "ann and bob" in summary(compare(segments))


def sheet(columns, *rows, name="coder.csv"):
    return Sheet(
        name, "", tuple(columns), tuple((i, dict(zip(columns, row, strict=True))) for i, row in enumerate(rows, 2))
    )


def test_taguette_highlights_of_two_people_compare_by_document():
    columns = ["id", "document", "tag", "content"]
    ann = sheet(columns, ["1", "p1", "red", "x"], ["2", "p2", "blue", "y"], name="ann.csv")
    bob = sheet(columns, ["1", "p1", "red", "x"], ["2", "p2", "red", "y"], name="bob.csv")
    segments = from_sheets([ann, bob])
    assert any("no positions" in note for note in segments.notes)
    assert any("stands for one coder" in note for note in segments.notes)
    found = values(compare(segments))
    assert list(found.index) == ["answers both coded, alpha", "all answers, alpha", "all answers, Cohen's kappa"]
    assert found["answers both coded, alpha"] == pytest.approx(a.alpha(np.array([[1, 0], [1, 1.0]]), "nominal").value)


def test_segments_with_positions_but_no_texts_compare_coded_characters():
    columns = ["filename", "codename", "owner", "pos0", "pos1"]
    given = sheet(columns, ["d", "red", "ann", "0", "50"], ["d", "red", "bob", "5", "65"])
    found = values(compare(from_sheets([given])))
    assert found["coded characters only, overlap"] == pytest.approx(45 / 65)
    assert not any(name.startswith("all characters") for name in found.index)


def test_several_codes_in_a_cell_are_several_segments():
    given = sheet(["Document", "Codes", "Created by"], ["d", "red\nblue", "ann"], ["d", "red; green", "bob"])
    assert from_sheets([given]).rows.code.tolist() == ["blue", "red", "green", "red"]


def test_a_table_without_codes_is_refused_with_a_remedy():
    with pytest.raises(InputError, match=r"no column of documents.*\n?.*export coded segments"):
        from_sheets([sheet(["x", "y"], ["1", "2"])])


def test_nvivos_comparison():
    columns = ["Code", "File", "File Size", "Kappa", "Agreement (%)", "A and B (%)", "Not A and Not B (%)",
               "Disagreement (%)", "A and Not B (%)", "B and Not A (%)"]  # fmt: skip
    rows = [["red", "d1", "5000 chars", "0.8162", "99.6", "0.9", "98.7", "0.4", "0.1", "0.3"],
            ["never", "d1", "5000 chars", "1", "100", "0", "100", "0", "0", "0"]]  # fmt: skip
    found = compare_nvivo(sheet(columns, *rows))
    red = values(found)
    assert red["all characters, Cohen's kappa"] == pytest.approx(red["as printed by NVivo"], abs=5e-5)
    assert red["coded characters only, QualCoder's kappa"] == pytest.approx(0.6884, abs=5e-5)
    never = found[found.code == "never"].set_index("definition")
    assert never.value["as printed by NVivo"] == 1
    assert np.isnan(never.value["all characters, Cohen's kappa"])
    assert never.why["all characters, Cohen's kappa"].startswith("undefined: no variation")


def test_the_command_reads_a_project_and_writes_a_table(tmp_path):
    from pipeline.cli import main
    from pipeline.codebook.qdpx import write_qdpx
    from pipeline.codebook.themes import Code, Theme

    theme = Theme(id="t", name="T", codes=(Code(id="red", name="red"), Code(id="blue", name="blue")))
    made = project()
    write_qdpx(
        tmp_path / "x.qdpx", Project("x", (theme,), users=("ann", "bob", CONSENSUS), sources=made.sources), study="x"
    )
    done = CliRunner().invoke(
        main, ["agreement", "compare", str(tmp_path / "x.qdpx"), "--out", str(tmp_path / "o.csv")]
    )
    assert done.exit_code == 0, done.output
    assert "Why they differ" in done.output
    assert "all characters, Cohen's kappa" in (tmp_path / "o.csv").read_text(encoding="utf-8-sig")
