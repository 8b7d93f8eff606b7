"""Run as a script: tie this process to its parent, give up root if asked, then become the command.

    leash.py <parent pid> <signal> <uid>:<gid> <command> …      (uid -1: stay who we are)

A preexec_fn would do the same inside a program that has threads, where it can deadlock; this costs 15 ms instead.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, signal, account, *command = sys.argv[1:]
    become(*(int(part) for part in account.split(":")))
    die_with_parent(int(signal))
    if os.getppid() != int(parent):  # it ended before the line above: nobody would ever stop us
        sys.exit(1)
    os.execv(command[0], command)


def become(uid: int, gid: int) -> None:
    """Give up root for this account; PostgreSQL refuses to run as root."""
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def die_with_parent(signal: int) -> None:
    """Ask Linux for this signal when the parent ends, however it ends. Must follow setuid, which clears it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)


if __name__ == "__main__":
    main()
