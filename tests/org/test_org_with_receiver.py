"""An org and the reference receiver on real sockets."""

from __future__ import annotations

import pytest

from emulator import Org, Outcome, VerificationFailedError
from receiver import Receiver

pytestmark = pytest.mark.wire


def test_a_wrong_secret_is_refused_and_not_retried() -> None:
    with Org(seed=1) as org, Receiver(auth="s3cret") as receiver:
        hook = org.create_event_hook(uri=receiver.url, events=["user.lifecycle.create"], auth="another")

        with pytest.raises(VerificationFailedError) as caught:
            org.verify(hook)

        assert caught.value.verification.attempts[0].status == 401
        assert "s3cret" not in str(caught.value)


def test_a_duplicate_is_recognised() -> None:
    with Org(seed=1) as org, Receiver() as receiver:
        org.verify(org.create_event_hook(uri=receiver.url, events=["user.lifecycle.create"]))
        org.create_user()
        (first,) = org.drain()

        for new_envelope in (False, True):
            assert org.redeliver(first, new_envelope=new_envelope).outcome is Outcome.DELIVERED

        assert len(receiver.events) == 1
        assert [len(delivery.duplicates) for delivery in receiver.deliveries] == [0, 1, 1]


def test_a_retry_reaches_a_receiver_that_fails_once() -> None:
    with Org(seed=1) as org, Receiver(misbehave="fail-once=503") as receiver:
        org.verify(org.create_event_hook(uri=receiver.url, events=["user.lifecycle.create"]))
        org.create_user()

        (delivery,) = org.drain()

        assert [attempt.exchange.status for attempt in delivery.attempts] == [503, 204], delivery.explain()


def test_a_public_target_is_not_called() -> None:
    """Hooks may come in through an API, so deliveries stay on this machine and network unless told otherwise."""
    with Org(seed=1) as org:
        hook = org.create_event_hook(uri="https://192.0.2.1/", events=["user.lifecycle.create"])
        with pytest.raises(VerificationFailedError, match="execution failed"):
            org.verify(hook)
