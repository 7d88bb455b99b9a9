"""SIGTERM ends a server within five seconds, whatever streams are open, and answers what it had begun."""

import http.client
import os
import signal
import threading
import time

import pytest

from tests.served import Served, serving

PROGRAM = ("-m", "tests.serving.streaming")


def open_stream(served: Served) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request("GET", "/stream")
    return connection


@pytest.mark.parametrize("workers", ["1", "2"])
def test_open_streams_end_and_a_slow_answer_is_finished(workers: str) -> None:
    with serving(None, "--workers", workers, program=PROGRAM) as served:
        streams = [open_stream(served) for _ in range(4)]
        responses = [stream.getresponse() for stream in streams]
        assert all(b"still here" in response.readline() + response.readline() for response in responses)
        slow_answers: list[bytes] = []

        def ask_slowly() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
            connection.request("GET", "/slow")
            slow_answers.append(connection.getresponse().read())
            connection.close()

        asking = threading.Thread(target=ask_slowly)
        asking.start()
        time.sleep(0.3)
        status, seconds = served.stop()
        asking.join()
        for stream, response in zip(streams, responses, strict=True):
            response.read()
            stream.close()
    assert status == 0
    assert seconds < 5
    assert slow_answers == [b"done"]


def test_workers_whose_parent_was_killed_let_go_of_the_port() -> None:
    with serving(None, "--workers", "2", program=PROGRAM) as served:
        served.process.kill()
        served.process.wait()
        deadline = time.monotonic() + 5
        while served.is_ready():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        served.kill()


def test_a_second_signal_does_not_tear_the_first_ending() -> None:
    with serving(None, program=PROGRAM) as served:
        os.kill(served.process.pid, signal.SIGTERM)
        os.kill(served.process.pid, signal.SIGTERM)
        assert served.process.wait(5) == 0
        served.kill()
