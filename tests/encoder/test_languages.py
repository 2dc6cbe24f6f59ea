"""Answers in a language the encoder never learnt are not embedded."""

from __future__ import annotations

import pandas as pd

from pipeline.encoder.languages import readable
from pipeline.study import Encoder


def test_primary_language_counts_and_no_setting_reads_all():
    said = pd.Series(["en", "EN-gb", "en_us", "de", None, ""])
    assert readable(said, Encoder(languages=("en",))).tolist() == [True, True, True, False, False, False]
    assert readable(said, Encoder()).all()
