"""A slow DNS lookup blocks only the greenlet that waits for it, not the process."""

import subprocess
import sys

SLOW_RESOLVER = """
import socket, time

wait, answer = time.sleep, socket.getaddrinfo

def slowly(*arguments):
    wait(1)
    return answer(*arguments)

socket.getaddrinfo = slowly
"""
OTHER_GREENLET_RUNS = """
import chassis.run
import eventlet, socket

turns = 0

def take_turns():
    global turns
    while True:
        turns += 1
        eventlet.sleep(0.01)

eventlet.spawn(take_turns)
found = socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM)
assert found[0][4] == ("127.0.0.1", 80), found
assert turns > 10, turns
"""
UNKNOWN_NAME = """
import chassis.run
import socket, sys

try:
    socket.create_connection(("nobody.invalid", 80))
except socket.gaierror:
    sys.exit(0)
sys.exit("found")
"""


def run(script: str) -> int:
    return subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode


def test_other_greenlets_run_during_a_dns_lookup() -> None:
    assert run(SLOW_RESOLVER + OTHER_GREENLET_RUNS) == 0


def test_an_unknown_name_raises_gaierror() -> None:
    assert run(UNKNOWN_NAME) == 0
