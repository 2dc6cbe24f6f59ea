"""What may be reported as agreement, and what has rows of its own."""

from __future__ import annotations

import pytest

from pipeline.agreement import alpha as a
from pipeline.errors import InputError
from tests.agreement.fake import said, table, tables

LABELS = ["a", "b", "ab", "", "a", "b"]
OTHERS = ["a", "b", "a", "", "a", "a"]


def both(**more):
    """Return two coders' decisions about six units."""
    rows = [said(f"u{i}", "ann", codes, **more) for i, codes in enumerate(LABELS)]
    return rows + [said(f"u{i}", "bob", codes, **more) for i, codes in enumerate(OTHERS)]


def masi(*lists):
    return a.set_alpha([[None if codes is None else frozenset(codes) for codes in line] for line in lists]).value


def test_the_studys_own_agreement_is_of_estimate():
    pilot = [dict(row, purpose="pilot", unit_id=f"v{row['unit_id']}") for row in both()]
    found = table([*both(), *pilot[:-1]])
    assert found.value["all codes", "alpha"] == pytest.approx(masi(LABELS, OTHERS))
    assert found.value["pilot / all codes", "alpha"] == pytest.approx(masi(LABELS, [*OTHERS[:-1], None]))


def test_units_read_while_the_codebook_was_developed_stand_apart():
    pilot = [said("u0", "cleo", "a", purpose="pilot"), said("u1", "cleo", "b", purpose="develop")]
    found = table([*both(), *pilot])
    assert found.n_units["all codes", "alpha"] == 4
    assert found.value["all codes", "alpha"] == pytest.approx(masi(LABELS[2:], OTHERS[2:]))
    assert found.n_units["seen before / all codes", "alpha"] == 2


def test_decisions_after_the_unit_was_settled_stand_apart():
    rows = [dict(row, at="2025-07-01T10:00:00Z") for row in both()]
    rows[11]["at"] = "2025-07-09T10:00:00Z"  # bob comes back to u5 after the meeting
    settled = [{"unit_kind": "excerpt", "unit_id": "u5", "value": "b", "basis": "negotiated", "decided_by": "x",
                "reason": "talked", "decided_at": "2025-07-05T10:00:00Z"}]  # fmt: skip
    found = table(rows, record=settled)
    assert found.n_units["all codes", "alpha"] == 5
    assert found.value["all codes", "alpha"] == pytest.approx(masi(LABELS[:5], OTHERS[:5]))
    assert table(rows, record=[dict(settled[0], basis="majority")]).n_units["all codes", "alpha"] == 6


def test_two_versions_are_never_held_against_each_other():
    rows = [dict(row, version="1.0") for row in both()] + [
        said("v0", "ann", "a", version="2.0"), said("v0", "bob", "a", version="2.0"),
        said("v1", "ann", "b", version="2.0"), said("v1", "bob", "", version="2.0"),
        said("v2", "ann", "a", version="1.0"), said("v2", "bob", "a", version="2.0"),
    ]  # fmt: skip
    found = table(rows, codebook="2.0")
    assert found.n_units["all codes", "alpha"] == 2
    assert found.n_units["version 1.0 / all codes", "alpha"] == 6
    assert found.value["version 1.0 / all codes", "alpha"] == pytest.approx(masi(LABELS, OTHERS))
    latest = table([dict(row, at=f"2025-07-0{2 if row['version'] == '1.0' else 1}") for row in rows], codebook="3.0")
    assert latest.n_units["all codes", "alpha"] == 6  # nobody worked under 3.0: the latest decisions' version


def test_a_packets_version_names_codebook_and_inventory():
    rows = [dict(row, version="themes 1.0, glossary 0.9") for row in both()]
    assert table(rows, codebook="1.0").n_units["all codes", "alpha"] == 6


def test_a_version_that_is_not_stated_goes_with_the_only_one():
    rows = both()
    rows[0]["version"] = "1.0"
    assert table(rows).n_units["all codes", "alpha"] == 6
    rows[1]["version"] = "2.0"
    found = table(rows, codebook="1.0")
    assert found.n_units["version not stated / all codes", "alpha"] == 4


def test_one_coder_twice_is_refused_by_name():
    with pytest.raises(InputError) as refused:
        table([*both(), said("u0", "ann", "b")])
    (fault,) = refused.value.faults
    assert "ann, excerpt u0, round 1" in str(fault)
    assert "two decisions of one coder" in str(fault)


def test_only_the_last_round_of_a_unit_read_twice_counts():
    second = [said("u0", "ann", "b", round="2", at="2025-08-01"), said("u0", "bob", "a", round="2", at="2025-08-01")]
    found = table([*(dict(row, at="2025-07-01") for row in both()), *second])
    assert found.value["all codes", "alpha"] == pytest.approx(masi(["b", *LABELS[1:]], ["a", *OTHERS[1:]]))
    assert found.value["round:1", "alpha"] == pytest.approx(masi(LABELS, OTHERS))
    assert found.n_units["round:2", "alpha"] == 1


def test_completed_labels_and_machine_codings_are_not_read():
    import pandas as pd

    from pipeline.agreement.report import Settings, agreement_table

    given = tables([said(f"u{i}", coder, label, kind="usage") for i, label in enumerate("abab") for coder in "xy"])
    plain = agreement_table(given, codes=[], groups=[], settings=Settings(100))
    completed = pd.DataFrame({"usage_id": ["u0"], "sense_id": ["b"], "source": ["completed"], "term_id": ["similar"]})
    assert agreement_table(given | {"senses": completed}, codes=[], groups=[], settings=Settings(100)).equals(plain)
    assert plain.value[0] == 1


def test_people_against_themselves():
    again = [said(f"u{i}", "ann", codes, purpose="repeat") for i, codes in enumerate(["a", "b", "b", ""])]
    found = table([*both(), *again], codes=["a", "b"])
    assert found.value["intra:ann / all codes", "alpha"] == pytest.approx(masi(LABELS[:4], ["a", "b", "b", ""]))
    assert found.n_units["intra:ann / code:a", "alpha"] == 4
    assert found.n_coders["intra:ann / all codes", "alpha"] == 2
    other = [dict(row, version="2.0") for row in again]
    rows = [*(dict(row, version="1.0") for row in both()), *other]
    assert not any(scope.startswith("intra") for scope, _ in table(rows).index)  # another codebook: no repetition


def test_drift_needs_times_of_each_decision():
    rows = []
    for i in range(55):
        for k, coder in enumerate(("ann", "bob")):
            other = coder == "bob" and i > 30
            at = f"2025-07-{1 + i // 10:02}T10:{i:02}:0{k}Z"
            rows.append(said(f"u{i:03}", coder, "a" if (i + other) % 2 else "", at=at))
    found = table(rows)
    assert found.value["time:1 of 2", "alpha"] > found.value["time:2 of 2", "alpha"]
    assert found.note["time:1 of 2", "alpha"].startswith("2025-07-01 to 2025-07-03")
    stamped = [dict(row, at="2025-07-01T10:00:00Z") for row in rows]  # the date of a file
    assert not any(scope.startswith("time") for scope, _ in table(stamped).index)
