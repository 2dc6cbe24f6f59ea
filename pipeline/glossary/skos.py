"""The glossary as SKOS in Turtle: a concept per sense, a collection per term, a scheme with its version and editors.

Only what the team wrote: no counts, no quotes. Relations that SKOS forbids (S27, S46) are faults of glossary.yaml
already. A term means several concepts, so it is an alternative label of each, and a collection of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.glossary.curated import Glossary, sense_id
from pipeline.glossary.model import Entry, Sense
from pipeline.ids import term_id
from pipeline.study import Study

MATCH = {
    "same": "exactMatch",
    "related": "related",
    "opposite": "related",
    "broader": "broader",
    "narrower": "narrower",
}
UNTAGGED = ("dct:creator", "dct:date", "dct:source", "owl:versionInfo")  # names, dates and works have no language


def as_turtle(glossary: Glossary, study: Study) -> str:
    """Return the glossary as Turtle; the same glossary is the same text."""
    from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, URIRef

    graph = Graph(bind_namespaces="none")
    spaces = {"skos": SKOS, "dct": DCTERMS, "owl": OWL}
    for prefix, space in spaces.items():
        graph.bind(prefix, space)

    def say(subject: URIRef, predicate: str, text: str) -> None:
        prefix, _, name = predicate.partition(":")
        language = None if predicate in UNTAGGED else study.survey.language
        iri = predicate == "dct:license" and _is_iri(text)
        graph.add((subject, spaces[prefix][name], URIRef(text) if iri else Literal(text, lang=language)))

    scheme = URIRef(glossary.iri or glossary.iri_of("", study.name))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    for predicate, text in _scheme(glossary, study):
        say(scheme, predicate, text)
    for entry in glossary.entries:
        if entry.senses:
            collection = URIRef(glossary.iri_of(term_id(entry.term), study.name))
            graph.add((collection, RDF.type, SKOS.Collection))
            say(collection, "skos:prefLabel", entry.term)
        for sense in entry.senses:
            name = sense_id(entry, sense)
            concept = URIRef(glossary.iri_of(name, study.name))
            graph.add((collection, SKOS.member, concept))
            graph.add((concept, RDF.type, SKOS.Concept))
            graph.add((concept, SKOS.inScheme, scheme))
            graph.add((concept, SKOS.notation, Literal(name)))
            for predicate, text in _said(entry, sense):
                say(concept, predicate, text)
            for relation, other in ((relation, one) for relation, some in sense.relations.items() for one in some):
                graph.add((concept, SKOS[MATCH[relation]], URIRef(glossary.iri_of(other, study.name))))
    made: str = graph.serialize(format="turtle")
    return made


def _scheme(glossary: Glossary, study: Study) -> Iterator[tuple[str, str]]:
    yield "dct:title", f"Glossary: {study.survey.title}"
    yield "owl:versionInfo", glossary.version
    yield from (("dct:creator", editor) for editor in glossary.editors)
    if glossary.licence:
        yield "dct:license", glossary.licence


def _said(entry: Entry, sense: Sense) -> Iterator[tuple[str, str]]:
    """Yield what a concept says: one preferred label, others that differ from it and from each other (S13, S14)."""
    preferred = sense.preferred or f"{entry.term} ({sense.name})"
    yield "skos:prefLabel", preferred
    taken = {preferred}
    for kind, labels in (("altLabel", (entry.term, sense.name)), ("hiddenLabel", sense.deprecated)):
        for label in labels:
            if label and label not in taken:
                yield f"skos:{kind}", label
                taken.add(label)
    texts = {
        "skos:definition": sense.wording,
        "skos:scopeNote": sense.scope_note,
        "skos:example": sense.minimal_pair.here if sense.minimal_pair else "",
        "skos:changeNote": sense.change_note,
        "skos:editorialNote": sense.dissent,
        "skos:note": sense.tell,
        "dct:creator": sense.decided_by,
        "dct:date": sense.decided_on,
        "owl:versionInfo": sense.version,
    }
    yield from ((predicate, text) for predicate, text in texts.items() if text)
    yield from (("dct:source", reference) for reference in sense.references)


def _is_iri(text: str) -> bool:
    return text.startswith(("http://", "https://")) and not any(mark.isspace() or mark in '<>"{}|\\^`' for mark in text)
