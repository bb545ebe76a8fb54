"""Writers to SQLite come in turn: nobody starves, and one who has the turn may take it again."""

from __future__ import annotations

import threading

import pytest

from models.writer_queue import WriterQueue


def _waiting(queue: WriterQueue) -> int:
    return len(queue._waiting)


def test_the_turn_passes_to_whoever_has_waited_longest() -> None:
    queue, served, threads = WriterQueue(), [], []

    def writer(number: int) -> None:
        queue.acquire()
        served.append(number)
        queue.release()

    queue.acquire()
    for number in range(8):
        thread = threading.Thread(target=writer, args=(number,))
        thread.start()
        threads.append(thread)
        while _waiting(queue) <= number:
            threading.Event().wait(0.001)
    queue.release()
    for thread in threads:
        thread.join(10)
    assert served == list(range(8))


def test_one_who_has_the_turn_may_take_it_again_and_ends_it_once_for_each() -> None:
    queue, came = WriterQueue(), threading.Event()

    def other() -> None:
        queue.acquire()
        came.set()
        queue.release()

    queue.acquire()
    queue.acquire()
    thread = threading.Thread(target=other)
    thread.start()
    while not _waiting(queue):
        threading.Event().wait(0.001)
    queue.release()
    assert not came.is_set()
    queue.release()
    thread.join(10)
    assert came.is_set()


def test_only_the_one_whose_turn_it_is_may_end_it() -> None:
    queue = WriterQueue()
    with pytest.raises(RuntimeError):
        queue.release()


def test_never_two_write_at_once() -> None:
    queue, inside, most = WriterQueue(), 0, 0

    def writer() -> None:
        nonlocal inside, most
        for _ in range(200):
            queue.acquire()
            inside += 1
            most = max(most, inside)
            inside -= 1
            queue.release()

    threads = [threading.Thread(target=writer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (most, inside) == (1, 0)
