"""A client as HL7 FHIR R4 writes a person in care (resource Patient, hl7.org/fhir/R4/patient.html). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.clients.choices import LANGUAGES

PHONE_USES = {"mobile": "mobile", "home": "home", "work": "work"}
ADDRESS_USES = {"home": "home", "second": "home"}
# FHIR's four codes for administrative gender; own words go into the text of an extension instead of a wrong code.
SEXES = {"female": "female", "f": "female", "male": "male", "m": "male", "other": "other", "x": "other",
         "unknown": "unknown"}
GENDER_IDENTITY = "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity"
PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
LANGUAGE_TAGS = "urn:ietf:bcp:47"


def entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of a Bundle; what is not known is left out, as FHIR wants it."""
    return {"fullUrl": f"urn:uuid:{row['id']}", "resource": resource(row)}


def resource(row: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "resourceType": "Patient",
        "id": str(row["id"]),
        "active": row["status"] != "discharged",
        "extension": [*_gender(row), *_pronouns(row)],
        "name": _names(row),
        "telecom": _telecom(row),
        "gender": SEXES.get((row["sex"] or "").strip().lower()),
        "birthDate": row["born_on"].isoformat() if row["born_on"] else None,
        "address": [told for one in row["addresses"] or () if (told := _address(one))],
        "contact": _contact(row),
        "communication": _language(row),
    }
    return {name: value for name, value in made.items() if value not in (None, [], {})}


def _names(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    official = {"use": "official", "family": row["last_name"], "given": row["first_name"].split()}
    usual = {**official, "use": "usual", "given": [row["preferred_name"]]} if row["preferred_name"] else None
    return [{name: value for name, value in one.items() if value} for one in (official, usual) if one]


def _telecom(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    phones = row["phones"] or ([{"number": row["phone"], "kind": ""}] if row["phone"] else [])
    told: list[dict[str, Any]] = []
    for rank, phone in enumerate(phones, 1):
        use = PHONE_USES.get(phone["kind"])
        told.append({"system": "phone", "value": phone["number"], **({"use": use} if use else {}), "rank": rank})
    if row["email"]:
        told.append({"system": "email", "value": row["email"]})
    return told


def _address(one: Mapping[str, str]) -> dict[str, Any]:
    made = {
        "use": ADDRESS_USES.get(one["kind"]),
        "type": "postal" if one["kind"] == "mailing" else None,
        "line": [line for line in (one["line_1"], one["line_2"]) if line],
        "city": one["city"],
        "state": one["region"],
        "postalCode": one["postal_code"],
        "country": one["country"],
    }
    return {name: value for name, value in made.items() if value}


def _contact(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The emergency contact: relationship code C of HL7's table 0131."""
    if not row["emergency_name"]:
        return []
    coded = {"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "C", "display": "Emergency Contact"}
    words = row["emergency_relation"]
    made: dict[str, Any] = {
        "relationship": [{"coding": [coded], **({"text": words} if words else {})}],
        "name": {"text": row["emergency_name"]},
    }
    if row["emergency_phone"]:
        made["telecom"] = [{"system": "phone", "value": row["emergency_phone"]}]
    return [made]


def _language(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    spoken = row["language"]
    if not spoken:
        return []
    words = dict(LANGUAGES).get(spoken, spoken)
    coded = {} if spoken == "other" else {"coding": [{"system": LANGUAGE_TAGS, "code": spoken, "display": words}]}
    return [{"language": {**coded, "text": words}, "preferred": True}]


def _gender(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    words = row["gender"]
    return [{"url": GENDER_IDENTITY, "valueCodeableConcept": {"text": words}}] if words else []


def _pronouns(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A complex extension, whose value is a part of its own."""
    words = row["pronouns"]
    value = {"url": "value", "valueCodeableConcept": {"text": words}}
    return [{"url": PRONOUNS, "extension": [value]}] if words else []
