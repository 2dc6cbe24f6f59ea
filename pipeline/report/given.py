"""What the report is made from: the study, its tables, and names for everything in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.asking.deviations import Deviation
from pipeline.codebook.facts import Facts
from pipeline.pnumbers import p_numbers
from pipeline.speech import message, phrase
from pipeline.study import Study
from pipeline.wording import missing

PEOPLE = ("record", "curated")  # sources of senses that rest on people
NOT_SENSES = ("none", "cannot_code", "several senses")  # what may stand in the place of a sense
SAID = {
    "none": message("none of the senses"), "cannot_code": message("the text does not tell"),
    "several senses": message("several senses"),
}  # fmt: skip
NO_CODE = ("no_code", "unsure", "cannot_code", "skipped", "none")


def _nothing(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="object") for column in columns})


def no_codes() -> pd.DataFrame:
    """Return a codebook without codes."""
    return _nothing("code_id", "name", "theme", "definition", "include", "exclude", "theme_definition")


def no_senses() -> pd.DataFrame:
    """Return an inventory without senses: term_id, sense_id, name, definition."""
    return _nothing("term_id", "sense_id", "name", "definition")


def code_table(themes: Iterable[Any]) -> pd.DataFrame:
    """Return themes (id, name, definition, codes with id, name, definition, include, exclude, status) as a table."""
    rows = [
        (code.id, code.name, theme.name, code.definition, code.include, code.exclude, theme.definition)
        for theme in themes
        for code in theme.codes
        if code.status != "retired"
    ]
    return pd.DataFrame(rows, columns=no_codes().columns, dtype="object")


@dataclass(frozen=True)
class Given:
    """The study, its tables by name, the codebook's codes and the team's sense inventory."""

    study: Study
    tables: Mapping[str, pd.DataFrame]
    codes: pd.DataFrame = field(default_factory=no_codes)
    inventory: pd.DataFrame = field(default_factory=no_senses)
    book: Facts = field(default_factory=Facts)
    frozen: Mapping[str, Any] | None = None  # freeze.json, where the study is frozen
    deviations: tuple[Deviation, ...] = ()

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table."""
        return self.tables[name]

    @cached_property
    def n_respondents(self) -> int:
        """People who count."""
        return len(self["respondents"])

    @cached_property
    def small(self) -> bool:
        """Whether the study speaks in counts and cases: few respondents, or an approach that does not measure."""
        reflexive = self.study.survey.coding.approach == "reflexive"
        return reflexive or self.n_respondents < self.study.survey.report.small

    @cached_property
    def rated(self) -> pd.DataFrame:
        """Answers beside the ratings that they explain, for the joint display and for ratings by sense."""
        from pipeline.report.joint import joined_ratings

        return joined_ratings(self)

    @cached_property
    def people(self) -> dict[str, str]:
        """P-numbers by respondent_id."""
        return p_numbers(self["respondents"], self["responses"])

    @cached_property
    def silent(self) -> frozenset[str]:
        """Respondents whose words may not be shown: those who did not say yes, where the study asks for that."""
        if self.study.survey.report.quotes == "all":
            return frozenset()
        people = self["respondents"]
        if self.study.survey.report.quotes == "none":
            return frozenset(people.respondent_id)
        return frozenset(people[~people.quote_ok.fillna(False).astype(bool)].respondent_id)

    @cached_property
    def terms(self) -> dict[str, str]:
        """Term labels by term_id."""
        return dict(zip(self["terms"].term_id, self["terms"].label, strict=True))

    @cached_property
    def _sense_names(self) -> dict[str, str]:
        known = pd.concat([self["glossary"][["sense_id", "name"]], self.inventory[["sense_id", "name"]]])
        return {sense: name for sense, name in known.itertuples(index=False) if not missing(name) and name}

    def sense_name(self, sense_id: str) -> str:
        """Return a sense's name; machine groups are called groups, never senses."""
        if sense_id in SAID:
            return phrase(SAID[sense_id])
        if "#" in sense_id:
            return phrase("group {n} (machine)", n=sense_id.rpartition("#")[2])
        return self._sense_names.get(sense_id, sense_id.rpartition(".")[2])

    @cached_property
    def _definitions(self) -> dict[str, str]:
        known = pd.concat([self["glossary"][["sense_id", "definition"]], self.inventory[["sense_id", "definition"]]])
        return {sense: str(text).strip() for sense, text in known.itertuples(index=False) if not missing(text)}

    def definition(self, sense_id: str) -> str:
        """Return what the team wrote a sense means, or nothing."""
        return self._definitions.get(sense_id, "")

    def senses_of(self, term_id: str, used: pd.Series | None = None) -> list[str]:
        """Return a term's senses in the team's order, then others that occur, then what is no sense."""
        mine = self.inventory[self.inventory.term_id == term_id].sense_id.tolist()
        rest = sorted(set(used.dropna().unique()) - set(mine)) if used is not None else []
        real = [sense for sense in [*mine, *rest] if sense not in NOT_SENSES]
        return real + [sense for sense in NOT_SENSES if sense in rest]

    @cached_property
    def _codes(self) -> dict[str, str]:
        return dict(zip(self.codes.code_id, self.codes.name, strict=True)) if len(self.codes) else {}

    def code_name(self, code_id: str) -> str:
        """Return a code's name, or its id."""
        return self._codes.get(code_id, code_id)

    def order_of_codes(self, used: pd.Series) -> list[str]:
        """Return the codebook's codes in order, then codes used that it does not know."""
        known = self.codes.code_id.tolist()
        return [*known, *sorted(set(used.dropna().unique()) - set(known) - set(NO_CODE))]

    def factors(self, item_id: str | None) -> str:
        """Return an item in words: its levels joined ("H&E tissue, ImageNet-1K"), or its label."""
        if missing(item_id) or not item_id:
            return ""
        assert item_id is not None
        levels = self.study.survey.items.get(item_id, {})
        return ", ".join(self.study.label(level) for level in levels.values()) or self.study.label(item_id)

    def question(self, question_id: str, item_id: str | None = None) -> str:
        """Return a question's short label, with the item it was asked about."""
        item = self.factors(item_id)
        name = self.name(question_id)
        return f"{name} ({item})" if item else name

    def name(self, question_id: str) -> str:
        """Return a question's label, or where it has none its text, cut to a length that fits."""
        return self.study.question_name(question_id)

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Usages with a sense that people gave, and where they stand: respondent_id, question_id, item_id."""
        senses = self["senses"]
        senses = senses[senses.source.isin(PEOPLE)][["usage_id", "sense_id"]].drop_duplicates()
        return self.placed(self["usages"]).merge(senses, on="usage_id").reset_index(drop=True)

    @cached_property
    def proposed(self) -> pd.DataFrame:
        """The same for what the machine proposes; only for pages that say so."""
        return self.placed(self["usages"]).merge(self["proposals"][["usage_id", "sense_id", "strength"]], on="usage_id")

    @cached_property
    def spans(self) -> pd.DataFrame:
        """Where usages stand, by usage_id: response_id, start, end."""
        return self["usages"].set_index("usage_id")[["response_id", "start", "end"]]

    @cached_property
    def answers(self) -> pd.DataFrame:
        """What was said to which question, by response_id: text, question_id, item_id."""
        return self["responses"].set_index("response_id")[["text", "question_id", "item_id"]]

    def placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows that have a response_id with their respondent, question and item."""
        where = self["responses"][["response_id", "respondent_id", "question_id", "item_id"]]
        return frame.merge(where, on="response_id")

    @cached_property
    def recorded_codes(self) -> pd.DataFrame:
        """Excerpts with codes of the record: excerpt_id, code_id, response_id, respondent_id, question_id, item_id."""
        record = self["record"]
        mine = record[(record.unit_kind == "excerpt") & ~record.value.isin(NO_CODE)]
        named = mine.rename(columns={"unit_id": "excerpt_id", "value": "code_id"})[["excerpt_id", "code_id"]]
        return self.placed(self["excerpts"][["excerpt_id", "response_id"]].merge(named, on="excerpt_id"))
