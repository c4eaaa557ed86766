"""A slow look-up of a name stops the unit that waits for it, and nobody else in its process."""

import subprocess
import sys

A_SLOW_RESOLVER = """
import socket, time

wait, answer = time.sleep, socket.getaddrinfo

def slowly(*asked):
    wait(1)
    return answer(*asked)

socket.getaddrinfo = slowly
"""
ANOTHER_GOES_ON = """
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
A_NAME_NOBODY_BEARS = """
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


def test_others_go_on_while_a_name_is_looked_up() -> None:
    assert run(A_SLOW_RESOLVER + ANOTHER_GOES_ON) == 0


def test_a_name_that_nobody_bears_is_told_as_ever() -> None:
    assert run(A_NAME_NOBODY_BEARS) == 0
