"""Answers in a language the encoder never learnt are not embedded."""

from __future__ import annotations

import pandas as pd

from pipeline.encoder.languages import readable
from pipeline.settings import Encoder


def test_primary_language_counts_and_an_unknown_encoder_reads_all():
    said = pd.Series(["en", "EN-gb", "en_us", "de", None, ""])
    assert readable(said, Encoder(languages=("en",))).tolist() == [True, True, True, False, False, False]
    assert readable(said, Encoder(name="somebody/of-whom-nothing-is-known")).all()


def test_a_known_encoder_reads_what_it_learnt_and_the_study_s_own_language():
    said = pd.Series(["en", "de", "fr", None])
    assert readable(said, Encoder()).tolist() == [True, False, False, True]
    assert readable(said, Encoder(), "de").tolist() == [True, True, False, True]
    assert readable(said, Encoder(languages=("fr",)), "de").tolist() == [False, False, True, False]
