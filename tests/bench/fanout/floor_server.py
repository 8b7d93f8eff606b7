"""The floor: handshakes in Python, every delivery one send() in C; commands on stdin."""

from __future__ import annotations

import asyncio
import base64
import ctypes
import hashlib
import json
import sys
import time

from tests.bench.fanout.wire import FRAME_BYTES, SEQ_AT, SEQ_DIGITS, STAMP_AT, STAMP_DIGITS, frame

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Floor:
    def __init__(self, library: str) -> None:
        self.fan = ctypes.CDLL(library).floor_fan
        self.fan.argtypes = [
            ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, *[ctypes.c_int] * 5, ctypes.c_longlong, ctypes.c_int
        ]  # fmt: skip
        self.fds: list[int] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.seq = 0

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return  # only looked whether anyone listens
        key = head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
        accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
        writer.write(b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        writer.write(accept + b"\r\n\r\n\x81\x02" + b"0{")
        await reader.readexactly(10)
        writer.write(b"\x81\x0240")
        await writer.drain()
        self.writers.append(writer)
        self.fds.append(writer.get_extra_info("socket").fileno())
        await reader.read()

    def emit(self, each: int) -> None:
        fds = (ctypes.c_int * len(self.fds))(*self.fds)
        frames = ctypes.create_string_buffer(frame(0, 0) * each, FRAME_BYTES * each)
        self.fan(fds, len(fds), frames, FRAME_BYTES, SEQ_AT, SEQ_DIGITS, STAMP_AT, STAMP_DIGITS, self.seq, each)
        self.seq += each

    async def burst(self, events: int, each: int) -> None:
        for start in range(0, events, each):
            self.emit(min(each, events - start))

    async def pace(self, events: int, rate: int) -> None:
        due = time.monotonic()
        for _ in range(events):
            self.emit(1)
            due += 1 / rate
            await asyncio.sleep(due - time.monotonic())


async def main(port: int, library: str) -> None:
    floor, loop = Floor(library), asyncio.get_running_loop()
    server = await asyncio.start_server(floor.greet, "127.0.0.1", port, backlog=1024)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *numbers = line.split()
        if name == "quit":
            break
        await getattr(floor, name)(*map(int, numbers))
        print(json.dumps({"done": name}), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
