"""The one event of the fan-out bench, byte by byte: every server in it sends exactly these frames."""

from __future__ import annotations

PACKET_BYTES = 310
FRAME_BYTES = PACKET_BYTES + 4
HEAD = b"\x81\x7e" + PACKET_BYTES.to_bytes(2, "big")
BEFORE_SEQ = b'42["ev",{"seq":"'
BEFORE_STAMP = b'","at":"'
BEFORE_PAD = b'","pad":"'
SEQ_DIGITS, STAMP_DIGITS = 9, 16
SEQ_AT = len(HEAD) + len(BEFORE_SEQ)
STAMP_AT = SEQ_AT + SEQ_DIGITS + len(BEFORE_STAMP)
PAD = "x" * (PACKET_BYTES - (STAMP_AT + STAMP_DIGITS + len(BEFORE_PAD) - len(HEAD)) - len(b'"}]'))


def payload(seq: int, stamp: int) -> dict[str, str]:
    """Event `seq`, sent at `stamp` (nanoseconds of CLOCK_MONOTONIC)."""
    return {"seq": f"{seq:0{SEQ_DIGITS}}", "at": f"{stamp:0{STAMP_DIGITS}}", "pad": PAD}


def frame(seq: int, stamp: int) -> bytes:
    values = payload(seq, stamp)
    packet = BEFORE_SEQ + values["seq"].encode() + BEFORE_STAMP + values["at"].encode()
    return HEAD + packet + BEFORE_PAD + PAD.encode() + b'"}]'


def seq_of(frame: bytes) -> int:
    """The number in a frame; -1 when it is not one of this bench."""
    fits = len(frame) == FRAME_BYTES and frame.startswith(HEAD + BEFORE_SEQ) and frame.endswith(b'x"}]')
    return int(frame[SEQ_AT : SEQ_AT + SEQ_DIGITS]) if fits else -1


def stamp_of(frame: bytes) -> int:
    return int(frame[STAMP_AT : STAMP_AT + STAMP_DIGITS])


def masked(packet: bytes) -> bytes:
    """A short text frame as a browser sends it; the mask is zero, which changes no byte."""
    return bytes((0x81, 0x80 | len(packet), 0, 0, 0, 0)) + packet


PONG = masked(b"3")
