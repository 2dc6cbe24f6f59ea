"""What to look at in a glossary: definitions that define nothing, senses that the answers no longer bear out.

Nothing here stops a run: a glossary in the making is a glossary. ISO 704:2022, 6.5, names the faults of definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.glossary.curated import Glossary, anchors
from pipeline.glossary.model import UNNAMED, Entry, Sense
from pipeline.ids import term_id

COLUMNS = ["kind", "term_id", "sense_id", "usage_id", "said"]
PEOPLE = ("record", "curated")
LABELLED = 10  # usages with people's labels that a term needs before one can be called far from all of them
SHORT = 2  # words of a part that is a synonym, not a description
FILLING = re.compile(r"\b(?:a|an|the|of|to|be|being|is|are|said|or|and|in|same|as)\b", re.I)


def checks(
    glossary: Glossary,
    *,
    terms: pd.DataFrame,
    senses: pd.DataFrame,
    usages: pd.DataFrame,
    responses: pd.DataFrame,
    vectors: pd.DataFrame,
) -> pd.DataFrame:
    """Return what to look at: kind, term_id, sense_id, usage_id, said; in the order of the glossary."""
    forms = {row.term_id: tuple(str(row.forms).split("|")) for row in terms.itertuples()}
    rows = [
        *_definitions(glossary, forms),
        *_anchors(glossary, usages, responses),
        *_unsupported(glossary, senses),
        *_far(senses, usages, vectors),
    ]
    order = {name: place for place, name in enumerate(glossary.senses)}
    rows.sort(key=lambda row: (row[1] not in forms, order.get(row[2], len(order)), row))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype="object")


Row = tuple[str, str, str, str, str]


def _definitions(glossary: Glossary, forms: Mapping[str, tuple[str, ...]]) -> Iterator[Row]:
    for name, (entry, sense) in glossary.senses.items():
        term = term_id(entry.term)
        if UNNAMED in sense.name:
            yield "unnamed", term, name, "", f"still called {sense.name!r}, as the draft has it"
        if not sense.wording:
            continue
        used = circular(entry, sense, forms.get(term, ()))
        if used:
            said = f"the definition uses {used!r}, which it is to define"
            yield "circular", term, name, "", said
        if synonyms_only(sense.wording):
            yield "synonyms only", term, name, "", "the definition lists other words; say what sets the sense apart"
    for cycle in _rings(glossary, forms):
        said = f"defined by one another: {' → '.join(cycle)} → {cycle[0]}"
        yield "circular", cycle[0], "", "", said


def circular(entry: Entry, sense: Sense, forms: tuple[str, ...]) -> str:
    """Return the word by which a definition defines itself: the term, one of its forms, or the preferred wording."""
    for word in sorted({entry.term, *forms, *([sense.preferred] if sense.preferred else [])}, key=len, reverse=True):
        if _holds(sense.wording, word):
            return word
    return ""


def synonyms_only(definition: str) -> bool:
    """Say whether a definition is nothing but other words for the thing: every part of it has one or two words.

    ISO 704 wants a genus and differentia; "alike, close or comparable" has neither.
    """
    parts = re.split(r"[,;/.]|\bor\b|\band\b", definition)
    counts = [len(FILLING.sub(" ", part).split()) for part in parts if part.strip()]
    return bool(counts) and max(counts) <= SHORT


def _rings(glossary: Glossary, forms: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the rings of terms whose definitions use one another, each once, from its first term."""
    names = {term_id(entry.term): entry for entry in glossary.entries}
    uses = {
        one: sorted(
            other
            for other, target in names.items()
            if other != one
            and any(
                _holds(sense.wording, word) for sense in entry.senses for word in {target.term, *forms.get(other, ())}
            )
        )
        for one, entry in names.items()
    }
    for start in sorted(names):
        paths = [[start]]
        while paths:
            path = paths.pop()
            for onward in uses[path[-1]]:
                if onward == start and len(path) > 1:
                    yield path
                elif onward > start and onward not in path:
                    paths.append([*path, onward])


def _holds(text: str, word: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I))


def _anchors(glossary: Glossary, usages: pd.DataFrame, responses: pd.DataFrame) -> Iterator[Row]:
    found = usages.merge(responses[["response_id", "text_digest"]], on="response_id").set_index("usage_id")
    for row in anchors(glossary).itertuples(index=False):
        term = str(row.sense_id).partition(".")[0]
        if row.usage_id not in found.index:
            yield "anchor gone", term, row.sense_id, row.usage_id, "no such usage in today's answers"
        elif found.term_id[row.usage_id] != term:
            said = f"this is a usage of {found.term_id[row.usage_id]!r}"
            yield "anchor gone", term, row.sense_id, row.usage_id, said
        elif row.digest and row.digest != found.text_digest[row.usage_id]:
            said = "the answer has changed since the anchor was set: read it again"
            yield "anchor changed", term, row.sense_id, row.usage_id, said


def _unsupported(glossary: Glossary, senses: pd.DataFrame) -> Iterator[Row]:
    people = senses[senses.source.isin(PEOPLE)]
    judged, used = set(people.term_id), set(people.sense_id)
    for name, (entry, _) in glossary.senses.items():
        term = term_id(entry.term)
        if term in judged and name not in used:
            yield "no usage", term, name, "", "people who read this term found it in no usage"


def _far(senses: pd.DataFrame, usages: pd.DataFrame, vectors: pd.DataFrame) -> Iterator[Row]:
    people = senses[senses.source.isin(PEOPLE) & senses.sense_id.str.contains(".", regex=False)]
    single = people[~people.duplicated("usage_id", keep=False)]
    for term, labelled in single.groupby("term_id"):
        mine = usages[usages.term_id == term]
        for usage, nearest, similarity, bound in far_usages(mine, vectors, labelled):
            said = (
                f"nobody has read it; its nearest sense is at {similarity:.2f}, "
                f"no labelled usage is under {bound:.2f} from its own"
            )
            yield "far from every sense", str(term), nearest, usage, said


def far_usages(
    usages: pd.DataFrame, vectors: pd.DataFrame, labelled: pd.DataFrame
) -> list[tuple[str, str, float, float]]:
    """Return unread usages farther from every sense than any labelled usage is from its own.

    Far is the cosine with a sense's mean vector, a labelled usage being left out of its own sense's mean. Returns
    usage_id, nearest sense_id, cosine, bound. Nothing under 10 labelled usages, or where no sense has two.
    """
    known = labelled.merge(vectors, on="usage_id").sort_values("usage_id")
    rest = usages[~usages.usage_id.isin(known.usage_id)].merge(vectors, on="usage_id").sort_values("usage_id")
    if len(known) < LABELLED or rest.empty:
        return []
    sums = {str(sense): (np.stack(part.vector.tolist()).sum(0), len(part)) for sense, part in known.groupby("sense_id")}
    own = [
        _cosine(vector, sums[sense][0] - vector)
        for sense, vector in zip(known.sense_id, known.vector, strict=True)
        if sums[sense][1] > 1
    ]
    if not own:
        return []
    bound, found = min(own), []
    for usage, vector in zip(rest.usage_id, rest.vector, strict=True):
        near = max((_cosine(vector, total), sense) for sense, (total, _) in sums.items())
        if near[0] < bound:
            found.append((str(usage), near[1], near[0], bound))
    return found


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return round(float(one @ other) / size, 3) if size else 0.0
