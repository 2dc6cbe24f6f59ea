"""What people said: answers to open questions as scrubbed texts of record, and what they are about.

A large survey has millions of answers: columns are read one after the other, into Arrow arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.ids import SEPARATOR, keyed_digest, normalise
from pipeline.lean import give_back
from pipeline.settings import Column
from pipeline.study import Study
from pipeline.survey.languages import Detector
from pipeline.survey.privacy import Replaced, clean, placed, regions_of, scrub, suspects
from pipeline.survey.rows import Row, by_file

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.language import Language

REPLACED = ("response_id", "question_id", "kind", "start", "end")
NOTHING: list[str] = []  # one for all rows that have been let go
PERSON = {"PERSON", "PER"}


@dataclass
class Answers:
    """Answers, what was scrubbed (kept in memory only), the log of it, and ids that stood for another text before."""

    frame: pd.DataFrame
    secrets: set[str] = field(default_factory=set)
    replaced: list[tuple[str, str, str, int, int]] = field(default_factory=list)  # as REPLACED
    edited: list[str] = field(default_factory=list)
    translations: list[tuple[str, str, str, str]] = field(default_factory=list)  # as the table of that name


def items(study: Study, rows: Sequence[Row]) -> pd.DataFrame:
    """Return the items of survey.yaml, and one for each occasion on which a person was asked (events, repeats)."""
    found: dict[str, dict[str, str]] = dict(study.survey.items)
    for row in rows:
        if row.occasion:
            levels = {name: clean(row.cells[place]) for place, name in row.places.of("occasion")}
            for _, name in row.places.of("open", "rating"):
                item = study.survey.columns[name].item
                found.setdefault(item_of(item, row), {**study.survey.items.get(item or "", {}), **levels})
    factors = list(dict.fromkeys(factor for levels in found.values() for factor in levels))
    table = [{"item_id": item, **{name: levels.get(name, "") for name in factors}} for item, levels in found.items()]
    return pd.DataFrame(table, columns=pd.Index(["item_id", *factors]))


def item_of(item: str | None, row: Row) -> str:
    """Return what an answer is about: the column's item, the row's occasion, both, or nothing ('')."""
    return "_".join(filter(None, (item, row.occasion))) if row.occasion else item or ""


def responses(
    study: Study,
    rows: Sequence[Row],
    key: bytes,
    handed: Mapping[str, str] | None = None,
    nlp: Language | None = None,
    *,
    let_go: bool = False,
) -> Answers:
    """Return the answers to open questions.

    `handed` maps response ids to the digest of the text that was handed out to coders under it: an answer that says
    something else now is another answer, and gets another id. nlp: a trained pipeline whose PERSON entities go too.
    let_go: empty the rows that have been read, so that a large survey's words are not held twice.
    """
    answers = Answers(pd.DataFrame())
    reader = _Reader(study, key, handed or {}, nlp, answers)
    parts: list[dict[str, pa.Array]] = []
    several = len({row.respondent for row in rows}) < len(rows)
    for places, some in by_file(rows, most=20_000):
        parts += [reader.column(some, place, name) for place, name in places.of("open")]
        if let_go:
            for row in some:
                row.cells = NOTHING
            give_back()
    frame = _joined(parts)
    if several:  # a person's same answer in another of their rows
        frame = frame.drop_duplicates("response_id", ignore_index=True)
    answers.frame = frame
    return answers


def _joined(parts: Sequence[dict[str, pa.Array]]) -> pd.DataFrame:
    """Return columns of answers below each other, emptying the parts: texts as texts, what repeats as categories."""
    import pyarrow as pa

    from pipeline.tables import SCHEMAS

    found = {}
    for name in SCHEMAS["responses"].types:
        chunks = [part.pop(name) for part in parts]
        kind = pa.int64() if name == "export_row" else pa.large_string()
        column = pa.chunked_array(chunks) if chunks else pa.chunked_array([], kind)
        if pa.types.is_dictionary(column.type):
            found[name] = column.to_pandas()
        else:
            found[name] = pd.Series(column, dtype="int64" if name == "export_row" else "str")
    return pd.DataFrame(found)


class _Reader:
    """Reads one open question's column after the other; notes what was scrubbed and edited in `answers`."""

    def __init__(
        self, study: Study, key: bytes, handed: Mapping[str, str], nlp: Language | None, answers: Answers
    ) -> None:
        self.study, self.handed, self.nlp, self.answers = study, handed, nlp, answers
        self.digest = keyed_digest(key)
        self.detector = Detector(study.survey)

    def column(self, rows: Sequence[Row], place: int, name: str) -> dict[str, pa.Array]:
        """Return one column's answers as arrays, by the names of the table's columns."""
        import pyarrow as pa

        question, item = self.study.question_of(name), self.study.survey.columns[name].item
        spoken = [(row, text) for row in rows if (text := clean(row.cells[place]))]
        translated = [
            (beside, column)
            for beside, other in (rows[0].places.of("translation") if rows else ())
            if (column := self.study.survey.columns[other]).of == name
        ]
        ids: list[str] = []
        texts: list[str] = []
        digests: list[str] = []
        for (row, _), (text, marks) in zip(spoken, self._scrubbed([text for _, text in spoken]), strict=True):
            response, digest = self._named(row, question, item_of(item, row), text)
            if marks:
                self.answers.secrets.update(mark.original for mark in marks)
                self.answers.replaced += [(response, question, *where) for where in placed(marks)]
            for beside, column in translated:
                self._translated(row, response, question, beside, column)
            ids.append(response)
            texts.append(text)
            digests.append(digest)
        kept = [row for row, _ in spoken]
        return {
            "response_id": pa.array(ids, pa.large_string()),
            "respondent_id": pa.array([row.respondent for row in kept], pa.large_string()),
            "question_id": _repeated([question] * len(kept)),
            "item_id": _repeated([item_of(item, row) or None for row in kept]),
            "wave": _repeated([row.wave for row in kept]),
            "text": pa.array(texts, pa.large_string()),
            "text_digest": pa.array(digests, pa.large_string()),
            "language": _repeated(self._languages(kept, texts)),
            "export_row": pa.array([row.number for row in kept], pa.int64()),
            "export_column": _repeated([name] * len(kept)),
        }

    def _named(self, row: Row, question: str, item: str, text: str) -> tuple[str, str]:
        """Return (response_id, text_digest)."""
        parts = (row.respondent, question, item, row.wave)
        response = "r_" + self.digest(SEPARATOR.join(parts))[:16]
        digest = "t_" + self.digest(normalise(text))[:16]
        if self.handed and self.handed.get(response, digest) != digest:
            self.answers.edited.append(response)
            response = "r_" + self.digest(SEPARATOR.join((*parts, digest)))[:16]
        return response, digest

    def _translated(self, row: Row, response: str, question: str, place: int, column: Column) -> None:
        """Keep a translation of an answer beside it, scrubbed as answers are."""
        text = clean(row.cells[place])
        if text:
            text, marks = next(iter(self._scrubbed([text])))
            self.answers.secrets.update(mark.original for mark in marks)
            where = f"{question} (translation)"
            self.answers.replaced += [(response, where, *at) for at in placed(marks)]
            language = column.language or self.study.survey.language
            self.answers.translations.append((response, language, str(column.translator), text))

    def _languages(self, rows: Sequence[Row], texts: Sequence[str]) -> list[str]:
        detect = self.detector.language
        if not rows or not rows[0].places.of("language"):
            return [detect(text) for text in texts]
        return [_stated(row) or detect(text) for row, text in zip(rows, texts, strict=True)]

    def _scrubbed(self, texts: Sequence[str]) -> Iterable[tuple[str, list[Replaced]]]:
        privacy, language = self.study.survey.privacy, self.study.survey.language
        if not privacy.scrub:
            return ((text, []) for text in texts)
        rules = partial(scrub, names=privacy.names, regions=regions_of(self.study.survey), language=language)
        if self.nlp is None and not privacy.names:
            return (rules(text) if may else (text, []) for text, may in zip(texts, suspects(texts), strict=True))
        if self.nlp is None:
            return map(rules, texts)
        return (
            rules(text, people=[(e.start_char, e.end_char) for e in doc.ents if e.label_ in PERSON])
            for text, doc in zip(texts, self.nlp.pipe(texts), strict=True)
        )


def _repeated(texts: Sequence[str | None]) -> pa.DictionaryArray:
    import pyarrow as pa

    return pa.array(texts, pa.large_string()).dictionary_encode()


def _stated(row: Row) -> str:
    """Return the language that the export states for a row, or ""."""
    return next((cell.strip().lower() for cell in row.of("language") if cell.strip()), "")
