#!/usr/bin/env python3
"""How long the shell takes from exec to its prompt, in a pseudo-terminal of 80 by 24.

    benches/compare/start_to_prompt.py [--binary target/release/firesteel] [--runs 20] [ARGUMENTS OF THE SHELL...]

Milliseconds: the median, and the most.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import tempfile
import termios
import time


def once(binary, arguments, home):
    start = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "HOME": home}
        os.execve(binary, [binary, *arguments], environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen, asked = b"", False
    while b"firesteel" not in seen or b"> " not in seen:
        if not select.select([terminal], [], [], 10)[0]:
            raise SystemExit(f"no prompt after ten seconds: {seen!r}")
        seen += os.read(terminal, 4096)
        if b"\x1b[6n" in seen and not asked:
            asked = True
            os.write(terminal, b"\x1b[1;1R")  # Where the cursor is.
    took = time.perf_counter() - start
    os.kill(child, signal.SIGKILL)
    os.close(terminal)
    os.waitpid(child, 0)
    return 1000 * took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/firesteel")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("arguments", nargs="*")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        times = [once(arguments.binary, arguments.arguments, home) for _ in range(arguments.runs)]
    print(f"median {statistics.median(times):.1f} ms, most {max(times):.1f} ms")


if __name__ == "__main__":
    main()
