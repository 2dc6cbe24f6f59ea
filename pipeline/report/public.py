"""What may leave the team: the same report from tables in which nobody can be picked out.

Quotes only of respondents who agreed to be quoted; no table of single respondents; no count of a group in which fewer
than `minimum` people stand, nor of a group that could be worked out from the others (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from pipeline.study import Study

SINGLE = ("orders", "ratings", "disagreements", "facets")  # rows that are, or can be followed back to, one respondent


def public_study(study: Study) -> Study:
    """Return the study with quotes of consenting respondents only, and its reports in reports/<study>/public."""
    stated = study.survey.report
    report = stated.model_copy(update={"quotes": "none" if stated.quotes == "none" else "consented"})
    copy = Study(study.root, study.name, study.survey.model_copy(update={"report": report}))
    copy.__dict__["reports"] = study.reports / "public"  # a cached property, set before it is first read
    return copy


def public_tables(tables: Mapping[str, pd.DataFrame], *, minimum: int) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return tables that may leave, and what was masked, in sentences."""
    found = dict(tables)
    notes = []
    split: set[str] = set()  # closed questions of which a group is left out
    for name in SINGLE:
        if name in found and len(found[name]):
            found[name] = found[name].iloc[:0]
            notes.append(f"the table {name} speaks of single respondents and is left out")
    for name, keys in (("shares", ["term_id", "group_by"]), ("prevalence", ["question_id", "group_by"])):
        if name in found:
            kept = masked(found[name], keys, minimum=minimum)
            if len(kept) < len(found[name]):
                notes.append(
                    f"{len(found[name]) - len(kept)} rows of {name} for groups that are too small are left out"
                )
            split |= set(found[name].group_by[~found[name].index.isin(kept.index)])
            found[name] = kept
    if "accuracy" in found:
        found["accuracy"], count = _few_authors(found["accuracy"], minimum)
        notes += [f"{count} rows of accuracy that rest on too few people are left out"] * bool(count)
    if "planned" in found:
        found["planned"], count = _small_sides(found["planned"], minimum, split)
        notes += [
            f"shares in {count} planned comparisons are left out: groups are too small, or could be worked out"
        ] * bool(count)
    if "decisions" in found:  # memos are notes to the team
        found["decisions"] = found["decisions"].assign(memo=None)
    people = found.get("respondents")
    if people is not None:
        found["respondents"] = people.assign(**dict.fromkeys(closed(people)))
    return found, notes


def _few_authors(table: pd.DataFrame, minimum: int) -> tuple[pd.DataFrame, int]:
    """Leave out what rests on the answers of fewer than `minimum` authors."""
    kept = table[table.n_respondents >= minimum]
    return kept, len(table) - len(kept)


def _small_sides(table: pd.DataFrame, minimum: int, split: Collection[str]) -> tuple[pd.DataFrame, int]:
    """Leave out the means of comparisons that could tell of a group smaller than `minimum`; their p-values stay.

    Such a group is on one side, or is left out elsewhere (`split`: the questions of which one is): from the whole, the
    groups shown and the mean of a side that was left out for its sake it could be worked out.
    """
    small = (table.n_group < minimum) | (table.n_against < minimum)
    hidden = small | table.group_by.isin(list(split))
    means = {name: table[name].where(~hidden) for name in ("mean_group", "mean_against")}
    sizes = {
        name: table[name].where(~small) for name in ("n_group", "n_against")
    }  # each with the whole gives the other
    shown = table.assign(**means, **sizes)
    if "note" in shown:  # "a group has 2 respondents"
        shown["note"] = shown.note.where(~small | (shown.note == ""), f"a group has fewer than {minimum} respondents")
    return shown, int(hidden.sum())


def singled_out(people: pd.DataFrame, questions: Sequence[str]) -> str | None:
    """Return a warning where closed answers taken together (role × years × modality) leave one person alone.

    People who share all these answers hide each other (k-anonymity, Sweeney 2002, here k = 1); a reader who knows the
    team's field may know who the lone ones are. Says how many, never who.
    """
    asked = [question for question in (questions or closed(people)) if question in people and people[question].any()]
    if not asked or people.empty:
        return None
    together = people[asked].fillna("")
    alone = int((together.groupby(asked)[asked[0]].transform("size") == 1).sum())
    if not alone:
        return None
    return (
        f"warning: {alone} of {len(people)} respondents are alone with their answers to {' × '.join(asked)}: look at "
        "their quotes before this leaves the team, and never print these answers beside a quote"
    )


def closed(people: pd.DataFrame) -> list[str]:
    """Return the closed questions among the columns of respondents."""
    return [column for column in people if column not in ("respondent_id", "wave", "quote_ok")]


def masked(table: pd.DataFrame, keys: Sequence[str], *, minimum: int) -> pd.DataFrame:
    """Return the rows of groups that may be shown.

    A group goes where its base is under `minimum`, or where 1 to minimum - 1 of its people show something. If only one
    group of a question goes, the smallest of the others goes too: it could be worked out from the total.
    """
    whole, grouped = table[table.group_by == ""], table[table.group_by != ""]
    parts = [whole]
    for _, rows in grouped.groupby(list(keys)):
        small = {group for group, part in rows.groupby("group") if telling(part, minimum)}
        rest = rows[~rows.group.isin(list(small))]
        if len(small) == 1 and len(rest):
            bases = rest.groupby("group").base.max()
            small.add(sorted(bases.index, key=lambda group: (bases[group], group))[0])
        parts.append(rows[~rows.group.isin(list(small))])
    return pd.concat(parts).sort_index()


def telling(rows: pd.DataFrame, minimum: int) -> bool:
    """Say whether a group's rows could point at someone."""
    return bool((rows.base < minimum).any() or rows.n_respondents.between(1, minimum - 1).any())
