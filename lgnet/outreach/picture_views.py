"""Pages about the pictures of a contact, and about its position."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.forms import done
from lgnet.files.serving import file_response
from lgnet.network.requests import StaffRequest
from lgnet.outreach.corrections import forget_position
from lgnet.outreach.picture_forms import PictureForm
from lgnet.outreach.picture_selectors import get_picture, pictures_of
from lgnet.outreach.pictures import MOST, add_picture, remove_picture
from lgnet.outreach.policies import removes_pictures_of
from lgnet.outreach.selectors import get_contact
from lgnet.outreach.sync_forms import ReasonForm

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def picture_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a picture to a contact of one's unit."""
    contact = get_contact(request.user, pk)
    if contact.team_id not in team_ids_of(request.user):
        raise PermissionDenied(_("Only the unit that made this contact adds pictures to it."))
    form = PictureForm(request.POST or None, request.FILES or None)
    if form.is_valid() and done(form, add_picture, by=request.user, contact=contact, **form.arguments()):
        messages.success(request, _("Picture kept."))
        return redirect("contact_detail", pk)
    left = MOST - sum(picture.removed_at is None for picture in pictures_of(request.user, contact))
    context = {"form": form, "contact": contact, "left": left}
    return render(request, "outreach/picture_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def picture_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One picture, large, with what it shows."""
    picture = get_picture(request.user, pk, shown="page")
    may_remove = removes_pictures_of(request.user, picture.contact)
    return render(request, "outreach/picture_detail.html", {"picture": picture, "may_remove": may_remove})


@require_GET
def picture_full(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The picture itself."""
    return file_response(get_picture(request.user, pk, shown="full").file, f"{pk}.jpg")


@require_GET
def picture_thumbnail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The picture, small."""
    return file_response(get_picture(request.user, pk, shown="thumbnail").thumbnail, f"{pk}-small.jpg")


@require_http_methods(BOTH)
def picture_remove(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Destroy a picture, saying why."""
    picture = get_picture(request.user, pk, shown="to remove it")
    if not removes_pictures_of(request.user, picture.contact):
        raise PermissionDenied(_("Only the unit and the coordinator remove a picture."))
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(form, remove_picture, by=request.user, picture=picture, **form.cleaned_data):
        messages.success(request, _("Picture destroyed. That it was there, and why it was removed, stays."))
        return redirect("contact_detail", picture.contact_id)
    context = {"form": form, "picture": picture}
    return render(request, "outreach/picture_remove.html", context, status=422 if form.is_bound else 200)


@require_POST
def position_remove(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget where a contact was."""
    contact = get_contact(request.user, pk)
    forget_position(by=request.user, contact=contact)
    messages.success(request, _("Position removed."))
    return redirect("contact_detail", pk)
