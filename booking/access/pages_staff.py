"""Pages where administrators decide who works here."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import pages_words, service_staff
from booking.access.rules import STAFF_ROLES, Role, require_staff
from booking.access.schemas import Actor, StaffView
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.settings import get_settings
from booking.kit.web import Asking, NavItem, form, page, redirect

ENDING = N_("すべての端末からサインアウトし、役割もなくなります。これまでの記録は残ります。")


class NewStaffForm(msgspec.Struct, kw_only=True):
    """Somebody who is to work here."""

    email: str
    name: str
    role: str
    scope: str


class GrantForm(msgspec.Struct, kw_only=True):
    """One more role for somebody."""

    role: str
    scope: str


class NothingForm(msgspec.Struct, kw_only=True):
    """A button alone."""


async def grant_choices(request: Asking, actor: Actor) -> dict[str, Any]:
    """Roles and scopes that an administrator can give, with their words."""
    language = language_of(request)
    scopes = [(scope.code, scope.name) for scope in await service_staff.list_grantable(actor)]
    if actor.may_in((), Role.BODY_ADMINISTRATOR):
        scopes.insert(0, ("", translate(pages_words.EVERYTHING, language)))
    names = {scope.code: scope.name for scope in await service_staff.list_scopes()}
    roles = {str(role): translate(pages_words.ROLES[role], language) for role in STAFF_ROLES}
    return {
        "scopes": scopes,
        "scope_names": names,
        "roles": roles,
        "everything": translate(pages_words.EVERYTHING, language),
    }


async def _staff_page(request: Asking, actor: Actor, **said: Any) -> Response[str]:
    staff = await service_staff.list_staff(actor)
    refusal = said.get("refusal")
    context: dict[str, Any] = {
        "staff": staff,
        "link": None,
        "whose": None,
        **await grant_choices(request, actor),
        **said,
    }
    return page(request, "access/staff.html", status=refusal.status if refusal else 200, **context)


@get("/staff/staff", include_in_schema=False)
async def list_staff(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Who works here."""
    return await _staff_page(request, actor)


@post("/staff/staff", include_in_schema=False)
async def add_staff(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Let somebody work here, and show the link once."""
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    data = await form(request, NewStaffForm)
    try:
        path = await service_staff.add_staff(data.email, data.name, data.role, data.scope or None, actor)
    except Refusal as refusal:
        return await _staff_page(request, actor, refusal=refusal, form=data)
    return await _staff_page(request, actor, link=get_settings().public_url.rstrip("/") + path, whose=data.name)


async def _one_page(request: Asking, actor: Actor, staff: StaffView, **said: Any) -> Response[str]:
    refusal = said.get("refusal")
    context: dict[str, Any] = {"one": staff, "link": None, **await grant_choices(request, actor), **said}
    return page(request, "access/staff_one.html", status=refusal.status if refusal else 200, **context)


@get("/staff/staff/{account_id:uuid}", include_in_schema=False)
async def show_staff(request: Asking, account_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[str]:
    """One member of staff, the roles, and what an administrator can do."""
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    return await _one_page(request, actor, await service_staff.get_staff(account_id))


@post("/staff/staff/{account_id:uuid}/grants", include_in_schema=False)
async def grant_role(request: Asking, account_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Give one more role."""
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    data = await form(request, GrantForm)
    try:
        await service_staff.grant_role(account_id, data.role, data.scope or None, actor)
    except Refusal as refusal:
        staff = await service_staff.get_staff(account_id)
        return await _one_page(request, actor, staff, refusal=refusal, form=data)
    return redirect(f"/staff/staff/{account_id}")


@post("/staff/staff/{account_id:uuid}/grants/{grant_id:uuid}/end", include_in_schema=False)
async def end_grant(
    request: Asking, account_id: FromPath[UUID], grant_id: FromPath[UUID], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Take a role away; giving it again undoes it."""
    await form(request, NothingForm)
    await service_staff.end_grant(grant_id, actor)
    return redirect(f"/staff/staff/{account_id}")


@post("/staff/staff/{account_id:uuid}/link", include_in_schema=False)
async def renew_enrolment(request: Asking, account_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """A new link for somebody who lost the authenticator, shown once."""
    await form(request, NothingForm)
    path = await service_staff.renew_enrolment(account_id, actor)
    staff = await service_staff.get_staff(account_id)
    return await _one_page(request, actor, staff, link=get_settings().public_url.rstrip("/") + path)


@get("/staff/staff/{account_id:uuid}/end", include_in_schema=False)
async def ask_end_staff(request: Asking, account_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[str]:
    """Ask before ending an account."""
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    staff = await service_staff.get_staff(account_id)
    language, here = language_of(request), f"/staff/staff/{account_id}"
    said: dict[str, Any] = {
        "heading": translate(N_("{name}さんのアカウントを終わりにしますか"), language, name=staff.name),
        "text": translate(
            N_("すべての端末からサインアウトし、役割もなくなります。これまでの記録は残ります。"), language
        ),
        "button": translate(N_("終わりにする"), language),
    }
    return page(request, "kit/confirm.html", **said, action=f"{here}/end", back=here, staff=True)


@post("/staff/staff/{account_id:uuid}/end", include_in_schema=False)
async def end_staff(request: Asking, account_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """End an account."""
    await form(request, NothingForm)
    await service_staff.end_staff(account_id, actor)
    return redirect("/staff/staff")


ADMINISTRATORS = (str(Role.BODY_ADMINISTRATOR),)
PAGES: tuple[Any, ...] = (
    *(list_staff, add_staff, show_staff, grant_role, end_grant, renew_enrolment, ask_end_staff, end_staff),
)
NAV = (NavItem(label=N_("職員"), address="/staff/staff", icon="people", roles=ADMINISTRATORS, order=80),)
