"""The states of a user as a table: what each call needs, where it leads, and the events it raises (11.1, U5-U12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.org.errors import OktaApiError, api_error, invalid
from emulator.org.records import UserStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["LIFECYCLE", "Transition", "transition"]

_S = UserStatus
_LIVE: Final = frozenset(set(_S) - {_S.DEPROVISIONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """
    One row of the table.

    ``target`` None leaves the state as it is.  ``events`` are those of the user, in order; what a deactivation does to
    apps and groups comes after them.  ``refusal`` makes Okta's answer to a call in any other state (U12).
    """

    sources: frozenset[UserStatus]
    target: UserStatus | None
    events: tuple[str, ...] = ()
    refusal: Callable[[], OktaApiError] = lambda: api_error("E0000038")


def _not_active() -> OktaApiError:
    return invalid("suspendUser", "Cannot suspend a user that is not active")


def _not_suspended() -> OktaApiError:
    return invalid("unsuspendUser", "Cannot unsuspend a user that is not suspended")


def _not_locked() -> OktaApiError:
    return api_error("E0000032", "The user is not locked out.")


def _already_active() -> OktaApiError:
    return api_error("E0000016")


def _not_resettable() -> OktaApiError:
    return api_error("E0000017", hint="a password can be reset once the user has been activated")


LIFECYCLE: Final[Mapping[str, Transition]] = {
    # U-d and U-e: which of the two it is depends on whether the user has a password.
    "invite": Transition(
        sources=frozenset({_S.STAGED, _S.DEPROVISIONED}), target=_S.PROVISIONED, refusal=_already_active
    ),
    "activate": Transition(
        sources=frozenset({_S.STAGED, _S.DEPROVISIONED}),
        target=_S.ACTIVE,
        events=("user.lifecycle.activate",),
        refusal=_already_active,
    ),
    # U-f
    "complete": Transition(
        sources=frozenset({_S.PROVISIONED}),
        target=_S.ACTIVE,
        events=("user.account.update_password", "user.lifecycle.activate"),
    ),
    # U-g, U7
    "reactivate": Transition(sources=frozenset({_S.PROVISIONED, _S.RECOVERY}), target=None),
    "import": Transition(
        sources=frozenset({_S.DEPROVISIONED}),
        target=_S.ACTIVE,
        events=("user.lifecycle.reactivate", "user.lifecycle.activate"),
    ),
    # U-h; the cascade is the business of `users.py`
    "deactivate": Transition(sources=_LIVE, target=_S.DEPROVISIONED, events=("user.lifecycle.deactivate",)),
    # U-i
    "suspend": Transition(
        sources=frozenset({_S.ACTIVE}),
        target=_S.SUSPENDED,
        events=("user.session.clear", "user.lifecycle.suspend"),
        refusal=_not_active,
    ),
    # U-j
    "unsuspend": Transition(
        sources=frozenset({_S.SUSPENDED}),
        target=_S.ACTIVE,
        events=("user.lifecycle.unsuspend",),
        refusal=_not_suspended,
    ),
    # U-k
    "lock": Transition(sources=frozenset({_S.ACTIVE}), target=_S.LOCKED_OUT, events=("user.account.lock",)),
    # U-l
    "unlock": Transition(
        sources=frozenset({_S.LOCKED_OUT}),
        target=_S.ACTIVE,
        events=("user.account.unlock_by_admin",),
        refusal=_not_locked,
    ),
    # U-m, U-n
    "expire_password": Transition(
        sources=frozenset({_S.ACTIVE, _S.PASSWORD_EXPIRED, _S.RECOVERY, _S.LOCKED_OUT}),
        target=_S.PASSWORD_EXPIRED,
        events=("user.account.expire_password",),
    ),
    # U-o
    "reset_password": Transition(
        sources=frozenset({_S.ACTIVE, _S.PASSWORD_EXPIRED, _S.LOCKED_OUT, _S.RECOVERY}),
        target=_S.RECOVERY,
        events=("user.account.reset_password",),
        refusal=_not_resettable,
    ),
    # U-p: a user who had to choose a new password is ACTIVE again
    "change_password": Transition(
        sources=frozenset({_S.STAGED, _S.ACTIVE}), target=None, events=("user.account.update_password",)
    ),
    "renew_password": Transition(
        sources=frozenset({_S.PASSWORD_EXPIRED, _S.RECOVERY}),
        target=_S.ACTIVE,
        events=("user.account.update_password",),
    ),
    # U-s
    "reset_factors": Transition(sources=_LIVE, target=None, events=("user.mfa.factor.reset_all",)),
    # U-t
    "clear_sessions": Transition(sources=frozenset(_S), target=None, events=("user.session.clear",)),
}


def transition(name: str, status: UserStatus) -> Transition:
    """
    Return the row of a call for a user in *status*.

    Raises:
        OktaApiError: the state does not allow the call.
    """
    row = LIFECYCLE[name]
    if status not in row.sources:
        raise row.refusal()
    return row
