"""Stopping: nothing of the desk goes on when its supervisor has ended."""

from balcao.server.supervisor import GRACE_SECONDS, WORKER_SECONDS


def test_the_web_has_killed_a_worker_that_is_stuck_before_it_is_killed_itself() -> None:
    # A request in flight can keep a worker waiting for ever. Were its master killed first, the
    # worker would be nobody's, and stay.
    assert WORKER_SECONDS + 3 < GRACE_SECONDS
