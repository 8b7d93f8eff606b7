"""Whether somebody's short name stands in a text that also holds keys and tokens."""

from __future__ import annotations

import re


def stands(word: str, text: str) -> bool:
    """As a word of its own: among random letters every three of them stand together now and then."""
    return re.search(rf"(?<![\w+/=-]){re.escape(word)}(?![\w+/=-])", text) is not None
