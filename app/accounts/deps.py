"""Who is signed in, as an endpoint asks for it."""

from typing import Annotated

from fastapi import Depends, Request

from app.accounts.actor import Actor
from app.accounts.service import actor_by_session
from app.enums import Permission
from app.errors import ErrorKind, Refused
from app.web.deps import RuntimeDep

SESSION_COOKIE = "polyphony_session"


def _maybe_actor(request: Request, runtime: RuntimeDep) -> Actor | None:
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    with runtime.database.reading() as session:
        actor = actor_by_session(session, cookie, now=runtime.now())
    request.state.person = actor
    return actor


MaybeActor = Annotated[Actor | None, Depends(_maybe_actor)]


def _actor(actor: MaybeActor) -> Actor:
    if actor is None:
        raise Refused("sign_in.needed", kind=ErrorKind.SIGN_IN)
    return actor


CurrentActor = Annotated[Actor, Depends(_actor)]


def require(actor: Actor, permission: Permission) -> None:
    """Refuses `forbidden` when no role of this person allows it anywhere."""
    if not actor.may(permission):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)
