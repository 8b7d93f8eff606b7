"""Files: 200 MB up in pieces and in one go, and down again, with what the processes take of memory; and the list of
10,000 files of one client, server time of the whole door."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psutil
import uvloop

from models.core.database import execute
from realtime.fanout import settle_collector
from server import wiring
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House, new_house
from tests.faults.ground import ROOT, WebWorker
from tests.support.browsing import Browsers
from tests.support.cast import Cast, new_cast

SIZE = int(os.environ.get("BENCH_FILE_MB", "200")) * 1024 * 1024
PIECE = 8 * 1024 * 1024
LISTED, OTHERS, BATCH, ROUNDS, WARM = 10_000, 2_000, 500, 30, 3
GOAL_MEMORY, GOAL_LIST = 100.0, 100.0

FILES = """INSERT INTO file (id, login_id, client_id, name, type, size, sha256, storage_key)
  SELECT gen_random_uuid(), $1, $2, 'file ' || n || '.pdf', 'application/pdf', 1000, '\\x00', n::text
  FROM generate_series(1, $3) AS n"""
KEPT = """INSERT INTO client_file (id, client_id, file_id, access_id, source, name, folder_id)
  SELECT gen_random_uuid(), $1, id, $2, 'upload', name, NULL FROM file
  WHERE practice_id = portico_here() AND client_id = $1"""
GRANTED = """INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id, own)
  SELECT gen_random_uuid(), k.file_id, g.holder, g.of, k.id, g.holder = 'access' FROM client_file k
    CROSS JOIN (VALUES ('access', $2::uuid), ('staff-of-client', $1::uuid)) AS g(holder, of)
  WHERE k.practice_id = portico_here() AND k.client_id = $1"""
TAGGED = """INSERT INTO file_tag (client_id, client_file_id, name)
  SELECT client_id, id, 'tag ' || (row_number() OVER () % 7) FROM client_file
  WHERE practice_id = portico_here() AND client_id = $1"""


Done = Callable[[], None]
Way = Callable[[], Done]


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    wiring.wire()
    async with new_house("files") as house:
        cast = await new_cast()
        if SIZE:
            await _bytes(house, cast)
        await _lists(house, cast)


async def _bytes(house: House, cast: Cast) -> None:
    worker = await house.new_worker("files")
    jobs = await asyncio.to_thread(_job_worker, house)
    try:
        token = cast.tokens[await cast.session("client")]
        caller = Caller(worker, cast, token)
        await asyncio.to_thread(_warm, caller)  # what workers take once
        for way in (caller.in_pieces, caller.in_one_go):
            await asyncio.to_thread(_timed, way, worker.pid, jobs.pid)
        file = caller.file
        await asyncio.to_thread(_down, caller, file, worker.pid)
    finally:
        jobs.terminate()
        jobs.wait()


def _job_worker(house: House) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "server.cli", "worker"], cwd=ROOT, stdout=subprocess.DEVNULL,
                            env={**os.environ, **house.environment}, stderr=subprocess.DEVNULL)


def _warm(caller: Caller) -> None:
    caller.size = 33 * 1024 * 1024
    caller.in_pieces()()
    caller.size = SIZE


def _timed(way: Way, web: int, jobs: int) -> None:
    words = way.__name__.strip("_").replace("_", " ")
    with _peak(web) as web_peak, _peak(jobs) as job_peak:
        began = time.monotonic()
        checked = way()
        sent = time.monotonic() - began
        checked()
        whole = time.monotonic() - began
    tell("files", f"{SIZE >> 20} MB up {words}", SIZE / 1024**2 / sent, "MB/s", until_checked=whole)
    tell("files", f"memory of the web worker meanwhile, {words}", web_peak[0], "MB more", goal=GOAL_MEMORY)
    tell("files", f"memory of the job worker that checks it, {words}", job_peak[0], "MB more", goal=GOAL_MEMORY)


def _down(caller: Caller, file: str, web: int) -> None:
    with _peak(web) as peak:
        began = time.monotonic()
        caller.download(file)
        took = time.monotonic() - began
    tell("files", f"{SIZE >> 20} MB down", SIZE / 1024**2 / took, "MB/s")
    tell("files", "memory of the web worker meanwhile, down", peak[0], "MB more", goal=GOAL_MEMORY)


@contextmanager
def _peak(pid: int) -> Iterator[list[float]]:
    """How much more a process took at most, in MB; looked at every 20 ms."""
    found, over, process = [0.0], threading.Event(), psutil.Process(pid)
    before = process.memory_info().rss

    def look() -> None:
        while not over.wait(0.02):
            found[0] = max(found[0], (process.memory_info().rss - before) / 1024**2)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()


class Caller:
    """A program that sends and fetches, a few hundred kilobytes in hand."""

    def __init__(self, worker: WebWorker, cast: Cast, token: str) -> None:
        self.port, self.file, self.size = worker.port, "", SIZE
        self.headers = {"Host": f"{cast.subdomain}.localhost:{worker.port}", "Cookie": f"{worker.cookie}={token}",
                        "Accept": "application/json"}

    def in_pieces(self) -> Done:
        asked = json.dumps({"name": "film.mp4", "size": self.size, "key": str(uuid4())}).encode()
        begun = self._asked("POST", "/files/uploads", asked, **{"Content-Type": "application/json"})
        id = begun["upload"]["id"]
        for at in range(0, self.size, PIECE):
            piece = _film(at, min(PIECE, self.size - at), self.size)
            self._asked("POST", f"/files/uploads/{id}/pieces", piece, **{"Upload-Offset": str(at)})
        return lambda: self._until_checked(id)

    def in_one_go(self) -> Done:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.putrequest("POST", "/files?name=film.mp4", skip_host=True)
        for name, value in {**self.headers, "Content-Length": str(self.size)}.items():
            line.putheader(name, value)
        line.endheaders()
        for at in range(0, self.size, PIECE):
            line.send(_film(at, min(PIECE, self.size - at), self.size))
        told = json.loads(line.getresponse().read())
        return lambda: self._until_checked(told["upload"]["id"])

    def download(self, file: str) -> None:
        link = self._asked("GET", f"/files/{file}")["link"]
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.request("GET", link, headers=self.headers)
        answer, came = line.getresponse(), 0
        while piece := answer.read(256 * 1024):
            came += len(piece)
        assert came == self.size, came

    def _until_checked(self, id: str) -> None:
        while (found := self._asked("GET", f"/files/uploads/{id}")["upload"])["state"] == "checking":
            time.sleep(0.05)
        assert found["state"] == "ready", found
        self.file = found["file"]

    def _asked(self, method: str, path: str, body: bytes | None = None, **headers: str) -> dict[str, Any]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.request(method, path, body, {**self.headers, **headers})
        answer = line.getresponse()
        told = answer.read()
        assert answer.status < 300, (answer.status, told)
        return dict(json.loads(told))


def _film(at: int, size: int, whole: int) -> bytes:
    """These bytes of an MP4 of the whole size."""
    if at:
        return bytes(size)
    head = (24).to_bytes(4) + b"ftypisom\x00\x00\x02\x00isomisom" + (whole - 24).to_bytes(4) + b"mdat"
    return head + bytes(size - len(head))


async def _lists(house: House, cast: Cast) -> None:
    await _many(cast, "teen", LISTED)
    await _many(cast, "child", OTHERS)
    await house.admin.execute("VACUUM ANALYZE", timeout=120)
    browser = await Browsers().open(cast, "practitioner")
    here = f"/staff/clients/{cast.clients['teen']}/files"
    far = (await (await browser.json(here)).get_json())["next"]
    settle_collector()
    for words, path in (("newest page", here), ("a page further down", f"{here}?before={far}"),
                        ("Overview's part", f"{here}/newest")):
        times, spent = [], []
        for _ in range(WARM + ROUNDS):
            began, cpu = time.perf_counter(), time.process_time()
            answer = await browser.get(path)
            assert answer.status_code == 200
            await answer.get_data()
            times.append(time.perf_counter() - began)
            spent.append(time.process_time() - cpu)
        tell("files", f"list of {LISTED:,} files of a client, {words}, p95", percentile(times[WARM:], 95) * 1000, "ms",
             goal=GOAL_LIST, cpu_median=percentile(spent[WARM:], 50) * 1000)


async def _many(cast: Cast, client: str, number: int) -> None:
    """Brought by a parent for this child, with all that stands beside a file."""
    of, access = cast.clients[client], cast.accesses["parent", client]
    for _ in range(0, number, BATCH):  # a batch a change: one row counts what there is
        await cast.inside(lambda: execute(FILES, cast.logins["parent"], of, BATCH))
    await cast.inside(lambda: execute(KEPT, of, access))
    await cast.inside(lambda: execute(GRANTED, of, access))
    await cast.inside(lambda: execute(TAGGED, of))


if __name__ == "__main__":
    sys.exit(main())
