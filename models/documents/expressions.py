"""FHIRPath of a form: the data that its expressions are run upon, and their variables, as Structured Data Capture has
them (%resource, %context, %qitem, %questionnaire and the form's own)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.documents.fhirpath.compiling import run
from models.documents.fhirpath.gathering import SCORE
from models.documents.fhirpath.parsing import Broken
from models.documents.fhirpath.running import STEPS, Failed, Focus, Run
from models.documents.items import Item, Questionnaire, Value
from models.documents.options import option_of
from models.documents.places import Node
from models.documents.spelling import as_fhir, value_key
from models.documents.values import plain

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
CONSTANTS = {"ucum": "http://unitsofmeasure.org", "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
EVERYWHERE = frozenset({"resource", "rootResource", "context", "qitem", "questionnaire"})


# What it takes, in steps, to begin one expression, and to lay out one place for a pass.
BEGINS, LAYS_OUT = 10, 4


@dataclass
class Budget:
    """The steps that all expressions of one evaluation may take together."""

    steps: int = STEPS


@dataclass
class Surroundings:
    """The data of one pass: the answers as they stand now. Nothing of it changes while expressions run upon it."""

    questionnaire: Questionnaire
    nodes: list[Node]
    now: datetime
    given: Mapping[str, Any]
    budget: Budget
    definitions: Mapping[str, Mapping[str, Any]]
    resource: dict[str, Any] = field(init=False)
    of_node: dict[int, dict[str, Any]] = field(default_factory=dict)
    known: dict[tuple[int, str], Focus | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resource = {"resourceType": "QuestionnaireResponse", "status": "in-progress"}
        self.resource["item"] = self._items(self.nodes)
        self.budget.steps -= LAYS_OUT * len(self.of_node)
        self._run = Run(self._outside, self.now)

    def result(self, expression: str, node: Node | None) -> Focus | None:
        """What an expression gives at a place (None: the form); None where it has no sense for these answers, or takes
        too long."""
        def variables(name: str) -> Focus:
            # Working out a variable is an evaluation of its own, and is paid from the same purse.
            self.budget.steps = run_.steps
            found = self.variable(name, node)
            run_.steps = self.budget.steps
            return found

        run_ = Run(variables, self.now, self.budget.steps - BEGINS, self._run.indexes, self._run.flat)
        try:
            return run(expression, run_, [self._context(node)])
        except (Broken, Failed, RecursionError, ArithmeticError, ValueError, LookupError, TypeError, AttributeError):
            # Strangers' formulas upon whatever somebody typed: what nobody thought of has no sense either.
            return None
        finally:
            self.budget.steps = run_.steps

    @property
    def exhausted(self) -> bool:
        return self.budget.steps < 0

    def variable(self, name: str, node: Node | None) -> Focus:
        """The value of a variable as seen from a place: its own, else of what it stands in, else the form's."""
        if name in ("resource", "rootResource"):
            return [self.resource]
        if name == "context":
            return [self._context(node)]
        if name == "qitem":
            return [] if node is None else [self.definitions[node.item.link_id]]
        if name == "questionnaire":
            return [self.questionnaire.source]
        if name in CONSTANTS:
            return [CONSTANTS[name]]
        if name.startswith("ext-"):
            return ["http://hl7.org/fhir/StructureDefinition/" + name[4:]]
        return self._own(name, node)

    def _own(self, name: str, node: Node | None) -> Focus:
        place: Node | None = node
        while True:
            said = place.item.variables if place is not None else self.questionnaire.variables
            self.budget.steps -= len(said) >> 3
            expression = dict(said).get(name)
            if expression is not None:
                return self._defined(name, expression, place)
            if place is None:
                return self._outside(name)
            place = place.parent

    def _defined(self, name: str, expression: str, place: Node | None) -> Focus:
        key = (id(place), name)
        if key not in self.known:
            # Known as nothing while it is worked out: a variable that asks for itself ends there.
            self.known[key] = None
            self.known[key] = self.result(expression, place)
        return self.known[key] or []

    def _outside(self, name: str) -> Focus:
        value = self.given.get(name)
        return value if isinstance(value, list) else [] if value is None else [value]

    def _context(self, node: Node | None) -> dict[str, Any]:
        if node is None:
            return self.resource
        return self.of_node.setdefault(id(node), {"linkId": node.item.link_id})

    def _items(self, nodes: Iterable[Node]) -> list[dict[str, Any]]:
        return [made for node in nodes for made in self._item(node)]

    def _item(self, node: Node) -> list[dict[str, Any]]:
        if not node.enabled or node.item.type == "display":
            return []
        if node.instances:
            return [made for one in node.instances for made in self._item(one)]
        made: dict[str, Any] = {"linkId": node.item.link_id, "text": node.item.text}
        self.of_node[id(node)] = made
        below = self._items(node.children)
        if node.values:
            made["answer"] = [_answer(node.item, value) for value in node.values]
            if below:
                made["answer"][0]["item"] = below
        elif below:
            made["item"] = below
        return [made] if node.values or below else []


def _answer(item: Item, value: Value) -> dict[str, Any]:
    """An answer for expressions: with its score, as options carry it."""
    option = option_of(item, value) if item.options else None
    key, plain_value = option.kind if option is not None else value_key(item, value), as_fhir(item, value)
    if option is None or option.score is None:
        return {key: plain_value}
    if isinstance(plain_value, Mapping):
        weighed = {"url": ORDINAL, "valueDecimal": plain(option.score)}
        plain_value = {**plain_value, SCORE: option.score, "extension": [weighed]}
    return {key: plain_value, SCORE: option.score}


def is_given(name: str) -> bool:
    """Whether every form has this variable, whatever it says of its own."""
    return name in CONSTANTS or name in EVERYWHERE or name.startswith("ext-")


def definitions(source: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Each item of the source by its linkId."""
    found: dict[str, Mapping[str, Any]] = {}
    waiting = list(source.get("item") or [])
    while waiting:
        one = waiting.pop()
        found[one["linkId"]] = one
        waiting.extend(one.get("item") or [])
    return found
