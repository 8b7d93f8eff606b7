"""A device in words: "Chrome on Windows". Pure; a hint for the person, never a reason to trust."""

from __future__ import annotations

# The first that is found counts: most browsers also claim to be others.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi", "Vivaldi"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)
HELD_IN_HAND = ("iPhone", "iPad", "Android")
UNKNOWN = "An unknown device"


def device_of(user_agent: str) -> str:
    """What a User-Agent header tells, in a few words; at most 40 characters whatever it holds."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or _program(user_agent)


def mark_of(device: str) -> str:
    """The icon beside it."""
    return "smartphone" if any(word in device for word in HELD_IN_HAND) else "laptop"


def _first(pairs: tuple[tuple[str, str], ...], text: str) -> str:
    return next((words for part, words in pairs if part in text), "")


def _program(user_agent: str) -> str:
    """A program names itself before the slash: `python-httpx/0.28`."""
    name = user_agent.partition("/")[0].strip()
    return f"A program ({name[:24]})" if name.isascii() and name.replace("-", "").isalnum() else UNKNOWN
