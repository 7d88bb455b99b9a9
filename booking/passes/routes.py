"""JSON and picture doors of a member's pass."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from booking.access.schemas import Actor
from booking.kit.i18n import language_of
from booking.passes import service
from booking.passes.drawing import draw_png, draw_svg
from booking.passes.schemas import PassView, RevokeBody
from booking.passes.service_printing import print_pass

PRIVATE = {"Cache-Control": "private, no-store"}


@get("/api/v1/members/{member_id:uuid}/pass", operation_id="getPass", tags=["pass"])
async def get_pass(actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> PassView:
    """The live pass of a member; one is made when there is none."""
    await service.reach_member(actor, member_id)
    return await service.issue_pass(member_id, actor)


@get("/api/v1/members/{member_id:uuid}/pass.png", operation_id="getPassPng", tags=["pass"], media_type="image/png")
async def get_png(actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[bytes]:
    """The pass as a picture, with the number as text."""
    await service.reach_member(actor, member_id)
    shown = await service.issue_pass(member_id, actor)
    picture = await asyncio.to_thread(draw_png, shown.token, shown.number)
    return Response(picture, media_type="image/png", headers=PRIVATE)


@get("/api/v1/members/{member_id:uuid}/pass.svg", operation_id="getPassSvg", tags=["pass"], media_type="image/svg+xml")
async def get_svg(actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[bytes]:
    """The pass as a scalable picture, with the number as text."""
    await service.reach_member(actor, member_id)
    shown = await service.issue_pass(member_id, actor)
    picture = await asyncio.to_thread(draw_svg, shown.token, shown.number)
    return Response(picture, media_type="image/svg+xml", headers=PRIVATE)


@get(
    "/api/v1/members/{member_id:uuid}/pass.pdf", operation_id="getPassPdf", tags=["pass"], media_type="application/pdf"
)
async def get_pdf(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], member_id: FromPath[UUID]
) -> Response[bytes]:
    """The pass as a card of credit-card size to print and cut, with the number as text."""
    member = await service.reach_member(actor, member_id)
    content = await print_pass(actor, member, language_of(request))
    return Response(content, media_type="application/pdf", headers=PRIVATE)


@post("/api/v1/members/{member_id:uuid}/pass/revoke", status_code=200, operation_id="revokePass", tags=["pass"])
async def revoke_pass(actor: NamedDependency[Actor], member_id: FromPath[UUID], data: JSONBody[RevokeBody]) -> PassView:
    """End the pass that was lost or seen; the answer is the new one."""
    await service.reach_member(actor, member_id)
    return await service.reissue_pass(member_id, actor, data.reason)


ROUTES: tuple[Any, ...] = (get_pass, get_png, get_svg, get_pdf, revoke_pass)
