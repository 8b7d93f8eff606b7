"""Whatever is sent to a door or asked over the line: an answer in words, never trouble on our side.

The inputs are made by schemathesis from the OpenAPI and AsyncAPI pages, so a new door is tried as soon as it is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import hypothesis
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from realtime.door import ASKS, heard
from server.overview import openapi
from tests.support.browsing import Browser
from tests.support.cast import Cast

# As many as fit into half a minute on a quiet machine. The same each time: what fails here fails again.
CASES = hypothesis.settings(
    max_examples=5, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
pytestmark = pytest.mark.timeout(600)  # a busy machine makes inputs slowly

FORM = "application/x-www-form-urlencoded"
BY_KIND = (("administrator", "owner"), ("staff", "practitioner"), ("portal", "client"))


def _cases(operation: Any, mode: GenerationMode) -> list[Case]:
    """Inputs of one door: such as its schema takes, or such as it does not."""
    found: list[Case] = []

    @CASES
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # there is nothing that this schema does not take
        collect()
    return found


def _operations(document: dict[str, Any]) -> Iterator[Any]:
    """Doors that take any input; those under a client are the short ones over again."""
    for one in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = one.ok()
        if (operation.body or operation.path_parameters or operation.query) and not operation.path.startswith("/for/"):
            yield operation


async def _started(client: Browser, cast: Cast) -> dict[str, str]:
    """Ids that lead somewhere, by what stands before or after them in an address."""
    people = {"people": [str(cast.staff["practitioner"])]}
    talk = (await (await client.send("/conversations", people)).get_json())["conversation"]
    said = await client.send(f"/conversations/{talk}/messages", {"body": "Hello"})
    return {"talk": str(talk), "message": str((await said.get_json())["message"])}


def _filled(case: Case, ids: dict[str, str], turn: int) -> str:
    """The case's address; two of three times with an id that exists, so that what comes behind it is reached, too."""
    given = dict(case.path_parameters or {})
    if "id" in given and turn % 3:
        given["id"] = ids["message"] if case.path.endswith(("undo", "delete", "deleted-text")) else ids["talk"]
    address = case.path.format(**given)
    return f"{address}?{urlencode(case.query, doseq=True)}" if case.query else address


async def _answer(browser: Browser, case: Case, address: str, accept: str) -> Any:
    headers = browser._headers({"Accept": accept, **({"Content-Type": case.media_type} if case.media_type else {})})
    sent = {"data": _encoded(case)} if case.media_type else {}
    return await browser.client.open(address, method=case.method, headers=headers, **sent)


def _encoded(case: Case) -> bytes:
    if case.media_type == FORM and isinstance(case.body, dict):
        return urlencode(case.body, doseq=True, errors="replace").encode()
    return orjson.dumps(case.body, default=str) if _plain(case.body) else repr(case.body).encode(errors="replace")


def _plain(body: Any) -> bool:
    """Whether JSON has a spelling for it."""
    try:
        orjson.dumps(body, default=str)
    except TypeError:
        return False
    return True


async def _troubles(
    browse: Callable[..., Awaitable[Browser]], cast: Cast, mode: GenerationMode
) -> tuple[list[str], Counter[int]]:
    """What was answered with trouble, or without words; and how often each status came."""
    ids, statuses, troubles = await _started(await browse(cast, "client"), cast), Counter[int](), []
    for operation in _operations(openapi()):
        allowed = operation.definition.raw["x-allow"]
        who = next((name for kind, name in BY_KIND if kind in allowed or allowed == ["signed in"]), None)
        browser = await browse(cast, who)  # each time: some doors end the session
        for turn, case in enumerate(_cases(operation, mode)):
            accept = ("application/json", "text/html")[turn % 2]
            answer = await _answer(browser, case, _filled(case, ids, turn), accept)
            statuses[answer.status_code] += 1
            if answer.status_code >= 500 or (answer.status_code >= 400 and not await _worded(answer, accept)):
                troubles.append(f"{answer.status_code} {case.method} {case.path} {case.query} {case.body!r:.200}")
    return troubles, statuses


async def _worded(answer: Any, accept: str) -> bool:
    """Whether a refusal says what happened: a problem document, or a page for who asks for one."""
    if accept == "text/html" and answer.content_type.startswith("text/html"):
        return True
    return answer.content_type == "application/problem+json" and bool((await answer.get_json())["detail"])


@pytest.mark.parametrize("mode", GenerationMode)
async def test_no_input_brings_a_door_into_trouble(cast, browse, mode):
    troubles, statuses = await _troubles(browse, cast, mode)
    assert not troubles, "\n".join(troubles)
    assert statuses[422] > 20 and sum(statuses[fine] for fine in (200, 303)) > 20, f"too little was reached: {statuses}"


def _as_doors() -> dict[str, Any]:
    """The asks as if they were doors, for schemathesis to make payloads."""
    bodies = {name: {"application/json": {"schema": ask.payload.model_json_schema()}} for name, ask in ASKS.items()}
    paths = {
        f"/{name}": {"post": {"requestBody": {"required": True, "content": body}, "responses": {"200": OK}}}
        for name, body in bodies.items() if not name.startswith("test.")
    }
    return {"openapi": "3.1.0", "info": {"title": "Asks", "version": "1"}, "paths": paths}


OK = {"description": "Done"}


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("name", ["client", "practitioner"])
async def test_no_payload_brings_an_ask_into_trouble(cast, browse, mode, name):
    ids, session = await _started(await browse(cast, "client"), cast), await cast.session(name)
    codes: Counter[str] = Counter()
    for operation in _operations(_as_doors()):
        for turn, case in enumerate(_cases(operation, mode)):
            payload = {**case.body, **_known(case.body, ids)} if isinstance(case.body, dict) and turn % 3 else case.body
            answer = await heard(cast.practice_id, session, case.path.removeprefix("/"), _sendable(payload))
            code = "ok" if answer["ok"] else answer["error"]["code"]
            assert code == "ok" or answer["error"]["detail"], (case.path, payload)
            assert code not in {"trouble", "busy", "database-away"}, (case.path, payload)
            codes[code] += 1
    assert codes["invalid" if mode is GenerationMode.NEGATIVE else "ok"] > 5, codes


def _known(body: dict[str, Any], ids: dict[str, str]) -> dict[str, str]:
    return {name: ids[of] for name, of in (("conversation", "talk"), ("message", "message")) if name in body}


def _sendable(payload: Any) -> Any:
    """As it comes over the wire; bytes and the like, which JSON cannot spell, as their text."""
    return orjson.loads(orjson.dumps(payload, default=str)) if _plain(payload) else repr(payload)
