"""What the guard makes of a frame. Pure."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.inbound import MAX_DEPTH, MAX_PAYLOAD, RESERVED, Ask, Bucket, answer, is_connect, read_ask


def test_an_ask_with_and_without_an_acknowledgement_passes() -> None:
    assert read_ask('4212["message.send",{"body":"é"}]') == Ask("12")
    assert read_ask('42["typing",{}]') == Ask("")
    assert read_ask('420["x",null] ') == Ask("0")


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_name_that_the_library_keeps_for_itself_is_no_ask(name: str) -> None:
    assert read_ask(f'421["{name}",{{}}]') is None
    assert read_ask(f'421["{name}","\\ud800"]') is None
    assert read_ask(f'421["\\u00{ord(name[0]):x}{name[1:]}",{{}}]') is None, "also when it is spelled with escapes"


@pytest.mark.parametrize(
    "frame",
    [
        "", "4", "42", "421", "42{}", '42"x"', "42[]", "42[1,2]", "42[null]", '42[["x"],{}]', '421["x",{}', '421["x"]]',
        '42/admin,["x",{}]', '421-["x",{}]', '451-["x",{"_placeholder":true,"num":0}]', '431["x"]', "44{}", "40", "41",
        '42²["x",{}]', '42٣["x",{}]', '42\U0001d7d8["x",{}]', '42 1["x",{}]', f'42{"9" * 16}["x",{{}}]',
        f'42{"9" * 5000}["x"]', '421["x",NaN', "421[nul", '421["x",' + "9" * 5000 + "]x",
    ],
)  # fmt: skip
def test_anything_else_is_no_ask(frame: str) -> None:
    assert read_ask(frame) is None


@pytest.mark.parametrize(
    "body",
    ['["x"]', '["x",{},{}]', '["x","\\ud83d"]', f'["x",{"[" * 5000}{"]" * 5000}]', '["x",' + "[" * 30_000, '["x",NaN]'],
)
def test_an_ask_that_cannot_be_read_is_answered_invalid(body: str) -> None:
    assert read_ask(f"427{body}") == Ask("7", "invalid")


def test_depth_is_bounded_and_breadth_is_not() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read_ask(f'421["x",{deep}]') == Ask("1", "invalid")
    assert read_ask(f'421["x",{deep[1:-1]}]') == Ask("1")
    assert read_ask('421["x",[' + ",".join(["{}"] * 5000) + "]]") == Ask("1")
    assert read_ask('421["x","' + "[" * 5000 + '"]') == Ask("1"), "brackets in a text are no depth"


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_the_limit_counts_bytes_and_the_frame_is_not_even_read(letter: str) -> None:
    fits = (MAX_PAYLOAD - 20) // len(letter.encode())
    assert read_ask(f'421["x","{letter * fits}"]') == Ask("1")
    assert read_ask(f'421["x","{letter * (fits + 20)}"]') == Ask("1", "too-large")
    assert read_ask(f'421["x","{letter * (fits + 20)}') == Ask("1", "too-large")


@pytest.mark.parametrize("frame", ["40", "40{}", '40{"cursor":null}', '40{"cursor":7,"epoch":"a"}'])
def test_a_page_joins_the_default_namespace(frame: str) -> None:
    assert is_connect(frame)


@pytest.mark.parametrize(
    "frame", ["", "4", "400", "40/admin,", "40/admin,{}", "40[]", "40null", "40{", '40{"x":"\\ud800"}',
              "40" + '{"a":' * 50 + "1" + "}" * 50, '40{"x":"' + "x" * MAX_PAYLOAD + '"}', "41", "42"]
)  # fmt: skip
def test_and_nothing_else(frame: str) -> None:
    assert not is_connect(frame)


def test_an_answer_is_an_acknowledgement_of_the_protocol() -> None:
    assert answer("007", "too-large").startswith("437[")
    [body] = json.loads(answer("7", "slow-down", retry_after=3)[3:])
    assert body["ok"] is False
    assert (body["error"]["code"], body["error"]["retry_after"]) == ("slow-down", 3) and body["error"]["detail"]


@given(st.text(max_size=300))
def test_no_text_whatever_raises(text: str) -> None:
    for frame in (text, f"42{text}", f"421[{text}", f'421["x",{text}]', f"40{text}"):
        read_ask(frame)
        is_connect(frame)


ANY = st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=20)


@given(ANY)
def test_what_passes_is_what_the_server_behind_reads(payload: object) -> None:
    frame = '423["name",' + json.dumps(payload) + "]"
    verdict = read_ask(frame)
    assert verdict is not None and verdict.ack == "3"
    if verdict.fault is None:
        assert orjson.loads(frame[3:])[0] == "name"


def test_a_bucket_gives_a_burst_and_a_rate_and_remembers_debt() -> None:
    bucket = Bucket(rate=10, burst=5, now=0.0)
    assert [bucket.take(0.0) for _ in range(6)] == [0, 0, 0, 0, 0, 0.1]
    assert bucket.take(0.2) == 0.0
    for _ in range(100):
        debt = bucket.take(0.2)
    assert debt == pytest.approx(10.0)
    assert bucket.take(1000.0) == 0.0
