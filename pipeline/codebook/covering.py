"""What the codebook misses: emergent topics held against codes, and topics that no code covers as proposed codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.codebook.calibration import wilson_low
from pipeline.codebook.keywords import slug
from pipeline.codebook.themes import Code, Theme
from pipeline.ids import among

COLUMNS = [
    "topic_id", "words", "n_excerpts", "n_read", "n_without", "share_without", "best_code", "n_best", "proposed",
    "excerpt_ids",
]  # fmt: skip
WORDS, QUOTES = 6, 3
FEWEST = 3  # respondents whose excerpts of a topic go without a code, for a proposal
OUTLIERS = -1


def covering(
    topics: pd.DataFrame,
    topic_words: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    read: Collection[str],
    respondents: Mapping[str, str],
) -> pd.DataFrame:
    """Return one row per topic: how many of its excerpts carry no code at all, and which code most of them carry.

    topics: excerpt_id, topic_id, strength; topic_words: topic_id, rank, word; codings: excerpt_id, code_id; read: the
    excerpts whose codes are known; respondents: excerpt_id -> respondent_id. A topic is proposed as a code where its
    excerpts go without any code more often than excerpts do in all: the lower 95 % bound of their share, with
    respondents as observations, is above the share in all, and at least FEWEST respondents wrote them. excerpt_ids: the
    excerpts nearest the centre among those without a code.
    """
    codes = codings[["excerpt_id", "code_id"]].drop_duplicates()
    coded = frozenset(codes.excerpt_id)
    mine = topics[topics.topic_id != OUTLIERS].assign(respondent=lambda found: found.excerpt_id.map(respondents))
    known = mine[among(mine.excerpt_id, frozenset(read))]
    bare = ~among(known.excerpt_id, coded)
    without_code = known[bare]
    carried = codes.merge(known[["excerpt_id", "topic_id"]], on="excerpt_id")
    overall = float(bare.mean()) if len(known) else 0.0
    words = topic_words.sort_values(["topic_id", "rank"]).groupby("topic_id").word.agg(lambda w: ", ".join(w[:WORDS]))
    rows = []
    for topic, group in mine.groupby("topic_id"):
        seen = known[known.topic_id == topic]
        without = without_code[without_code.topic_id == topic]
        without = without.sort_values(["strength", "excerpt_id"], ascending=[False, True])
        people = seen.respondent.nunique()
        share = len(without) / len(seen) if len(seen) else None
        low = wilson_low((share or 0.0) * people, people)
        counts = carried.code_id[carried.topic_id == topic].value_counts()
        best = min(counts[counts == counts.max()].index) if len(counts) else None
        rows.append((
            int(topic), str(words.get(topic, f"topic {topic}")), len(group), len(seen), len(without),
            None if share is None else round(share, 4), best, int(counts.max()) if len(counts) else 0,
            bool(without.respondent.nunique() >= FEWEST and low > overall), " ".join(without.excerpt_id[:QUOTES]),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def as_theme(found: pd.DataFrame) -> Theme | None:
    """Return the proposed codes as a theme to copy into themes.yaml; None where no topic is proposed.

    Names and definitions are for people to write: the words are only where to begin. Excerpts are not copied, as the
    codebook is in version control and respondents' words are not.
    """
    chosen: Sequence[Any] = list(found[found.proposed].itertuples())
    if not chosen:
        return None
    codes = [
        Code(
            id=f"proposed-{row.topic_id}-{slug(str(row.words).split(',')[0])}",
            name=str(row.words),
            definition=f"To be written. {row.n_without} of {row.n_read} excerpts of this topic carry no code.",
            status="proposed",
        )
        for row in chosen
    ]
    return Theme(id="proposed", name="Proposed by the machine from emergent topics", codes=tuple(codes))
