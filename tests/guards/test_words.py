"""One word for one thing, in code and on screens; and nothing in the tree that does not belong to the project."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = (".py", ".js", ".html", ".css", ".sql", ".md", ".toml", ".txt", ".json", ".mjs", "Makefile", "Procfile")

# The word we use instead stands behind each. As names of our own only: libraries keep theirs.
REFUSED_NAMES = {
    r"\bpatients?\b": "client",
    r"\bcustomers?\b": "client",
    r"\btenants?\b": "practice",
    r"\bproviders?\b": "practitioner",
    r"\b(class|def|const|function) \w*(Service|Manager|Helper|Utils)\b": "name what it does",
}
REFUSED_ON_SCREENS = {
    r"\bpatients?\b": "client",
    r"\bcustomers?\b": "client",
    r"(?<!\")\busers?\b(?!-)": "person, staff, client",
    r"\bsuccessfully\b": "say what is now so",
    r"\bOops\b": "say what happened",
    r"HIPAA compliant": "never",
}
# Where a library's own word must stand.
ALLOWED = {
    "server/local/": "PostgreSQL's and the system's users",
    "tools/": "the system's users",
    "tests/guards/test_words.py": "this list",
    "models/clients/fhir.py": "FHIR's own word for the resource",
}


def _tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = [ROOT / name for name in names.stdout.splitlines() if name.endswith(OURS) and name != "package-lock.json"]
    return [path for path in found if path.is_file()]


def _hits(paths: list[Path], patterns: dict[str, str]) -> list[str]:
    hits = []
    for path in paths:
        name = str(path.relative_to(ROOT))
        if any(name.startswith(prefix) for prefix in ALLOWED):
            continue
        text = path.read_text(encoding="utf-8")
        for pattern, instead in patterns.items():
            hits += [f"{name}: {found.group(0)} -> {instead}" for found in re.finditer(pattern, text)]
    return hits


def test_names_use_the_words_of_the_house():
    assert _hits([path for path in _tracked() if path.suffix in {".py", ".js", ".sql"}], REFUSED_NAMES) == []


def test_screens_use_the_words_of_the_house():
    screens = [path for path in _tracked() if "templates" in path.parts]
    assert screens
    assert _hits([path for path in screens if "errors" not in path.name], REFUSED_ON_SCREENS) == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"/(root|work|home)/[\w.-]+/",
        r"\"resolved\":",
        r"(?<![\w.])index-url",
        r"registry\.npmjs|pypi\.org|files\.pythonhosted",
    ],
)
def test_nothing_names_a_machine_or_where_packages_come_from(pattern):
    paths = [*_tracked(), ROOT / "package-lock.json"]
    hits = [
        str(path.relative_to(ROOT))
        for path in paths
        if path.is_file()
        and path.name not in {"test_words.py"}
        and re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert hits == []
