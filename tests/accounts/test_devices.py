"""A device in words, whatever its browser claims to be."""

import pytest

from models.accounts.devices import device_of, mark_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("told", "words", "mark"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0 Safari/537.36",
            "Chrome on Windows",
            "laptop",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows", "laptop"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.4 Safari/605.1", "Safari on Mac", "laptop"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile Safari/604.1",
            "Safari on iPhone",
            "smartphone",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 17_4) CriOS/126.0 Mobile Safari/604.1", "Chrome on iPad", "smartphone"),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} SamsungBrowser/25 Chrome/121 Mobile",
            "Samsung Internet on Android",
            "smartphone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux", "laptop"),
        ("python-httpx/0.28", "A program (python-httpx)", "laptop"),
        ("", "An unknown device", "laptop"),
        ("<script>alert(1)</script>", "An unknown device", "laptop"),
        ("x" * 5000, f"A program ({'x' * 24})", "laptop"),
    ],
)
def test_a_device_is_named_in_a_few_words(told, words, mark):
    assert device_of(told) == words and len(words) <= 40
    assert mark_of(words) == mark
