# SPDX-License-Identifier: MIT
"""Two processes that pass frames until one is killed: victims.py TRANSPORT DIRECTORY

Every line that they print begins with who prints it and a reading of CLOCK_MONOTONIC."""

import os
import signal
import sys
import time

import transports

SHAPE = (480, 640)
PERIOD_S = 0.005


def say(who, *words):
    # One write for each line, because both processes have the same standard output.
    os.write(1, (" ".join(map(str, (who, time.monotonic(), *words))) + "\n").encode())


def report_end(who, run):
    """Runs until an exception ends it, and says which one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    say(who, "pid", os.getpid())
    try:
        run()
    except (Exception, KeyboardInterrupt) as error:  # pylint: disable=broad-exception-caught
        say(who, "end", type(error).__name__)


def receive_frames(transport):
    def run():
        with transport.receiver() as receive:
            while True:
                receive()
                say("receiver", "frame")
    report_end("receiver", run)


def send_frames(transport):
    with transport.sender() as send:
        receivers = getattr(send, "receivers", lambda: "unknown")
        while True:
            send(1)
            say("sender", "frame", receivers())
            time.sleep(PERIOD_S)


def main():
    name, directory = sys.argv[1:]
    kind = next(kind for kind in transports.ALL if kind.name == name)
    transport = kind(SHAPE, directory)
    receiver = transports.spawn.Process(target=receive_frames, args=(transport,))
    receiver.start()
    report_end("sender", lambda: send_frames(transport))
    receiver.join()


if __name__ == "__main__":
    main()
