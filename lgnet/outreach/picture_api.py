"""The address of the API to which the street app sends pictures."""

import uuid
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.network.api import BadRequest, json_view
from lgnet.network.requests import StaffRequest
from lgnet.outreach.corrections import read_moment
from lgnet.outreach.sync.letters import read_uuid, storable
from lgnet.outreach.sync.pictures import SentPicture, State, receive_picture
from lgnet.outreach.sync_policies import may_use_app
from lgnet.outreach.sync_selectors import own_device

STATUS = {State.STORED: 200, State.WAITING: 409, State.REFUSED: 422}


@json_view("POST")
def street_picture(request: StaffRequest, picture_id: uuid.UUID) -> JsonResponse:
    """Take a picture of a contact; sent again, it is answered again and nothing doubles."""
    if not may_use_app(request.user):
        raise PermissionDenied
    device = own_device(request.user, read_uuid(request.POST.get("device")))
    verdict = receive_picture(by=request.user, device=device, sent=_read(request, picture_id))
    told = {"state": verdict.state, **({"reason": verdict.reason} if verdict.reason else {})}
    return JsonResponse(told, status=STATUS[verdict.state])


def _read(request: StaffRequest, picture_id: uuid.UUID) -> SentPicture:
    """What was sent. Raises BadRequest when parts are missing, or the file is not as it left the device."""
    fields, file = request.POST, request.FILES.get("picture")
    contact = read_uuid(fields.get("contact"))
    if contact is None or not isinstance(file, UploadedFile):
        raise BadRequest(_("A picture comes with the id of its contact, and a file."))
    content, named = file.read(), fields.get("sha256", "").strip().lower()
    if len(content) == file.size and sha256(content).hexdigest() != named:
        raise BadRequest(_("The picture arrived damaged. Send it again."), code="damaged")
    moment = read_moment(fields.get("made_at"))
    return SentPicture(
        id=picture_id, contact=contact, content=content, size=file.size or 0, sha256=named[:64],
        caption=storable(fields.get("caption", ""))[:200], agreed=fields.get("agreed") == "yes",
        made_at=min(moment, timezone.now()) if moment else None,
    )  # fmt: skip
