"""What the page asks of a coder under each approach."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeline.coding.manners import MANNERS, manners
from pipeline.settings import Coding


def test_every_approach_has_its_manners() -> None:
    assert set(MANNERS) == set(get_args(Coding.model_fields["approach"].annotation))


@pytest.mark.parametrize("approach", sorted(MANNERS))
def test_every_approach_lets_the_codebook_grow_while_it_is_developed(approach: str) -> None:
    flags = [name for name, _ in manners(approach, "pilot")["flags"]]
    assert {"new code", "unclear"} <= set(flags)
    assert len(flags) == len(set(flags))


def test_only_approaches_with_a_growing_scheme_ask_for_codes_in_the_main_round() -> None:
    asked = {name for name in MANNERS if "new code" in dict(manners(name, "estimate")["flags"])}
    assert asked == {"codebook", "negotiated", "reflexive"}
    assert [name for name in MANNERS if not manners(name, "estimate")["counts"]] == ["reflexive"]
