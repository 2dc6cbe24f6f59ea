"""Relations between senses, and what contradicts itself among them (SKOS reference, S27 and S46; ISO 25964-1, 10.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Stated = Mapping[str, Mapping[str, Sequence[str]]]  # sense_id -> relation -> sense_ids
Pairs = set[tuple[str, str]]


def pairs(senses: Stated) -> dict[str, Pairs]:
    """Return broader, related and same as pairs of sense_ids, whichever side stated them; unordered ones sorted."""
    found: dict[str, Pairs] = {"broader": set(), "related": set(), "opposite": set(), "same": set()}
    for one, stated in senses.items():
        for other in stated.get("broader", ()):
            found["broader"].add((one, other))
        for other in stated.get("narrower", ()):
            found["broader"].add((other, one))
        for relation in ("related", "opposite", "same"):
            found[relation] |= {(min(one, other), max(one, other)) for other in stated.get(relation, ())}
    return found


def ancestors(broader: Pairs) -> Pairs:
    """Return the transitive closure of broader: (sense, every sense above it)."""
    closure = set(broader)
    while True:
        more = {(a, d) for a, b in closure for c, d in broader if b == c} - closure
        if not more:
            return closure
        closure |= more


def contradictions(senses: Stated) -> Iterator[tuple[str, str]]:
    """Yield (sense_id, what is wrong) for relations that cannot hold together.

    A sense is not its own broader sense; related, opposite and same exclude broader (also across several
    steps), and each other where one says alike and the other not.
    """
    found = pairs(senses)
    above = ancestors(found["broader"])
    for one, other in sorted(above):
        if one == other:
            yield one, f"{one} is broader than itself, by way of others"
    for relation in ("related", "opposite", "same"):
        for one, other in sorted(found[relation]):
            if one == other:
                yield one, f"{one} is {_said(relation)} itself"
            elif (one, other) in above or (other, one) in above:
                yield one, f"{one} is {_said(relation)} {other}, and one of them is broader than the other"
    for first, second in (("same", "opposite"), ("same", "related")):
        for one, other in sorted(found[first] & found[second]):
            if one != other:
                yield one, f"{one} is {_said(first)} {other}, and also {_said(second)} it"


def _said(relation: str) -> str:
    return {"related": "related to", "opposite": "the opposite of", "same": "the same as"}[relation]
