"""All 103 published or independently computed coefficients, each within its own tolerance."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.agreement import alpha as a
from pipeline.agreement import chance as c
from pipeline.agreement.multivalued import multivalued_alpha

pytestmark = pytest.mark.realdata


def _weights_custom(labels, rule):
    def distance(x, y):
        return 0 if x == y else 0.5 if "Chck" in (x, y) else 1

    return np.array([[distance(x, y) for y in labels] for x in labels])


def _sets(data):
    return [[None if cell is None else frozenset(map(str, cell)) for cell in row] for row in data]


def compute(name, case):
    data = case["data"]
    if name == "mvalpha_nominal":
        return multivalued_alpha(_sets(data))
    if case["level"].startswith("set"):
        distance = {
            "alpha_masi": a.masi,
            "alpha_jaccard": a.jaccard,
            "alpha_set2004": a.passonneau_2004,
            "alpha_masi_dkpro_variant": a.masi_product,
        }[name]
        return a.set_alpha(_sets(data), distance)
    labels = sorted({cell for row in data for cell in row if cell is not None}, key=lambda x: (str(type(x)), x))
    numeric = all(isinstance(label, int | float) for label in labels)
    place = {label: (label if numeric else index) for index, label in enumerate(labels)}
    ratings = np.array([[np.nan if cell is None else place[cell] for cell in row] for row in data], dtype=float)
    domain = c.domain_of(ratings)
    linear, quadratic = c.linear_weights(domain), c.quadratic_weights(domain)
    name = name.removeprefix("irrcac_")
    if name == "alpha_custom":
        return a.alpha_from_distances(a.value_counts(ratings, domain), _weights_custom(labels, case["custom_distance"]))
    if name == "cohen_kappa_custom":
        return c.cohen(ratings, 1 - _weights_custom(labels, case["custom_distance"]))
    if name in {"alpha_nominal", "alpha_ordinal", "alpha_interval", "alpha_ratio"}:
        return a.alpha(ratings, name.removeprefix("alpha_"))
    if name.startswith("alpha_weights_"):
        weights = {"linear": linear, "quadratic": quadratic, "ordinal": _ordinal(len(domain))}[
            name.removeprefix("alpha_weights_")
        ]
        return a.alpha_from_distances(a.value_counts(ratings, domain), 1 - weights)
    return {
        "percent_agreement": lambda: c.percent(ratings),
        "cohen_kappa": lambda: c.cohen(ratings),
        "cohen_kappa_linear": lambda: c.cohen(ratings, linear),
        "cohen_kappa_quadratic": lambda: c.cohen(ratings, quadratic),
        "gwet_ac1": lambda: c.gwet(ratings),
        "gwet_ac2_linear": lambda: c.gwet(ratings, linear),
        "gwet_ac2_quadratic": lambda: c.gwet(ratings, quadratic),
        "scott_pi": lambda: c.fleiss(ratings),
        "fleiss_kappa": lambda: c.fleiss(ratings),
        "bennett_s": lambda: c.brennan_prediger(ratings),
        "brennan_prediger": lambda: c.brennan_prediger(ratings),
        "randolph_kappa": lambda: c.brennan_prediger(ratings),
        "conger_kappa": lambda: c.conger(ratings),
        "light_kappa": lambda: c.light(ratings),
    }[name]()


def _ordinal(n):
    """irrCAC's ordinal weights: not Krippendorff's ordinal metric, and asserted as such."""
    pairs = np.array([[(abs(i - j) + 1) * abs(i - j) / 2 for j in range(n)] for i in range(n)])
    return 1 - pairs / pairs.max()


def test_every_expected_value(shared_data):
    cases = json.loads((shared_data / "agreement-reference" / "cases.json").read_text())
    cases = cases["cases"] if isinstance(cases, dict) else cases
    wrong, right = [], 0
    for case in cases:
        for name, expected in case["expected"].items():
            found = compute(name, case).value
            if expected["value"] is None:
                ok = found is None
            else:
                ok = found is not None and abs(found - expected["value"]) <= expected["tolerance"]
            right += ok
            if not ok:
                wrong.append((case["name"], name, expected["value"], found))
    assert wrong == []
    assert right == 103


def test_masi_pairs_in_exact_thirds(shared_data):
    cases = json.loads((shared_data / "agreement-reference" / "cases.json").read_text())
    cases = cases["cases"] if isinstance(cases, dict) else cases
    pairs = next(case for case in cases if case["name"] == "masi_pairs")["data"]
    assert len(pairs) == 7
    for pair in pairs:
        one, other = frozenset(pair["a"]), frozenset(pair["b"])
        assert a.masi(one, other) == pytest.approx(pair["masi"], abs=1e-12)
        assert a.jaccard(one, other) == pytest.approx(pair["jaccard"], abs=1e-12)


def test_category_values_of_fleiss_1971(shared_data):
    """Per category, Fleiss' kappa is that of the category against the rest."""
    cases = json.loads((shared_data / "agreement-reference" / "cases.json").read_text())
    cases = cases["cases"] if isinstance(cases, dict) else cases
    for name in ("fleiss1971", "mieskes2009"):
        case = next(case for case in cases if case["name"] == name)
        for label, expected in case["per_category_fleiss"].items():
            ratings = np.array([[np.nan if x is None else float(str(x) == label) for x in row] for row in case["data"]])
            assert c.fleiss(ratings).value == pytest.approx(expected, abs=case["per_category_tolerance"])
