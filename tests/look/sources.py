"""What the look is written in, read once: stylesheets, templates, and the colours that tokens.css names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CSS = ROOT / "static" / "css"
TEMPLATES = ROOT / "templates"
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")


def stylesheets() -> dict[str, str]:
    """Every stylesheet of ours without its comments, by its path under static/css."""
    return {path.relative_to(CSS).as_posix(): without_comments(path) for path in sorted(CSS.rglob("*.css"))}


def templates() -> dict[str, str]:
    """Every template of a page (a mail has rules of its own), by its path under templates."""
    found = {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}
    return {name: text for name, text in found.items() if not name.startswith("mail/")}


def scripts() -> dict[str, str]:
    """Every module of ours, by its path under static/js."""
    folder = ROOT / "static" / "js"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.js"))}


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour role's (light, dark) as #rrggbb."""
    return {role: (light, dark) for role, light, dark in PAIR.findall((CSS / "tokens.css").read_text())}


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
