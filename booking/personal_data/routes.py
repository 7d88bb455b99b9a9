"""JSON doors of what is kept about a person."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.idempotency import Answer, respond_once
from booking.personal_data import service, service_disclosing, service_merging, service_record
from booking.personal_data.paper_disclosing import ZIP, write_record
from booking.personal_data.schemas import Erased, EraseRequest
from booking.personal_data.schemas_disclosing import ExportRequest, NumberRequest
from booking.personal_data.schemas_merging import MergeAnswer, MergeRequest
from booking.personal_data.schemas_record import FileRecordPage


@post("/api/v1/members/{member_id:uuid}/erase", status_code=200, operation_id="eraseMember", tags=["privacy"])
async def erase_member(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    member_id: FromPath[UUID],
    data: JSONBody[EraseRequest],
) -> Response[Erased]:
    """Erase a member, or the whole household; every figure stays as it is. It cannot be undone."""
    require_staff(actor, *service.ERASERS)

    async def work() -> Answer:
        done = await service.erase(actor, member_id, data.number, household=data.household)
        return Answer(200, msgspec.json.encode(done).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@post("/api/v1/members/{member_id:uuid}/export", status_code=200, operation_id="exportMember", tags=["privacy"])
async def export_member(
    actor: NamedDependency[Actor], member_id: FromPath[UUID], data: JSONBody[ExportRequest]
) -> Response[bytes]:
    """Everything kept about a member, as one zip of PDF, json and csv, for a request that the office took in.

    It is made when asked for and stored nowhere; the request is noted in the audit trail.
    """
    require_staff(actor, *service_disclosing.EXPORTERS)
    record = await service_disclosing.export_record(actor, member_id, data)
    return Response(await write_record(record), media_type=ZIP, headers={"cache-control": "no-store"})


@post("/api/v1/privacy/export", status_code=200, operation_id="exportMemberByNumber", tags=["privacy"])
async def export_by_number(actor: NamedDependency[Actor], data: JSONBody[NumberRequest]) -> Response[bytes]:
    """The same by member number: also of somebody whose registration with the asker's body has ended."""
    require_staff(actor, *service_disclosing.EXPORTERS)
    record = await service_disclosing.export_by_number(actor, data)
    return Response(await write_record(record), media_type=ZIP, headers={"cache-control": "no-store"})


@post("/api/v1/members/{member_id:uuid}/merge", status_code=200, operation_id="mergeMember", tags=["privacy"])
async def merge_member(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    member_id: FromPath[UUID],
    data: JSONBody[MergeRequest],
) -> Response[MergeAnswer]:
    """Make a member one with the member of this number, who stays. It cannot be undone; a dry run says what it does."""
    require_staff(actor, *service_merging.MERGERS)

    async def work() -> Answer:
        done = await service_merging.merge_or_tell(actor, member_id, data)
        return Answer(200, msgspec.json.encode(done).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@get("/api/v1/privacy/record", operation_id="listPersonalFileRecords", tags=["privacy"])
async def list_records() -> FileRecordPage:
    """The public register of personal files (個人情報ファイル簿) of every body."""
    return FileRecordPage(items=await service_record.list_records())


ROUTES = (erase_member, export_member, export_by_number, merge_member, list_records)
