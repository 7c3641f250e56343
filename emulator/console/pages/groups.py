"""Directory > Groups: list, add, members, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.console.routing import page
from emulator.org.errors import OktaApiError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit

__all__: list[str] = []

_SHOWN = 200


@page("GET", "/groups")
def list_groups(visit: Visit) -> Response:
    """Show all groups and the form for a new one."""
    return visit.render("groups", groups=visit.org.groups.all())


@page("POST", "/groups")
def add_group(visit: Visit) -> Response:
    """Add a group."""
    before = visit.org.log.last_number()
    body = {"profile": {"name": visit.field("name"), "description": visit.field("description") or None}}
    try:
        group = visit.org.groups.create(body, visit.call())
        visit.tell(f"Added the group {group.name}.", events=visit.events_since(before))
    except OktaApiError as error:
        visit.tell(error.message, good=False, lines=list(error.causes))
    return visit.go("/groups")


@page("GET", "/groups/<group_id>")
def show_group(visit: Visit, group_id: str) -> Response:
    """Show a group and its members."""
    members = visit.org.groups.members(group_id)
    return visit.render("group", group=visit.org.groups.get(group_id), members=members[:_SHOWN], total=len(members))


@page("POST", "/groups/<group_id>/delete")
def delete_group(visit: Visit, group_id: str) -> Response:
    """Delete a group."""
    before = visit.org.log.last_number()
    try:
        visit.org.groups.delete(group_id, visit.call())
        visit.tell("Deleted the group.", events=visit.events_since(before))
    except OktaApiError as error:
        visit.tell(error.message, good=False, lines=[*error.causes, error.hint])
    return visit.go("/groups")
