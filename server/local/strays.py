"""Processes of this copy that outlived the run that started them, found by a mark in their environment."""

from __future__ import annotations

import signal

import psutil

# Not PORTICO_…: such a name would be a setting, and one that someone exported must not make his shell ours to end.
COPY = "COPY_RUN_FROM"
SECONDS_TO_END = 5.0


def end_copy(data: str) -> None:
    """End every process marked with COPY=<data>: asked first, killed after 5 s. Never ourselves nor our parents."""
    spared = {process.pid for process in (psutil.Process(), *psutil.Process().parents())}
    strays = [process for process in psutil.process_iter() if process.pid not in spared and _mark(process) == data]
    end(strays, (signal.SIGTERM, signal.SIGKILL), SECONDS_TO_END)


def end(strays: list[psutil.Process], signals: tuple[signal.Signals, ...], seconds: float) -> None:
    """Send the signals in turn, each time waiting so long for those that are left."""
    for number in signals:
        for process in strays:
            _send(process, number)
        _, strays = psutil.wait_procs(strays, timeout=seconds)


def _mark(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(COPY, ""))
    except (psutil.Error, OSError):  # ended meanwhile, or another person's
        return ""


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:  # it ended by itself, which is all we want
        return
