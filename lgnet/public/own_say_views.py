"""The own page: what the person says of the messages she or he gets, and of the help."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from lgnet.cases.after import case_to_ask_about, record_helpfulness
from lgnet.cases.after_models import Helpfulness
from lgnet.core.errors import DomainError
from lgnet.messaging.models import OptOut
from lgnet.messaging.opt_outs import opt_in, opt_out
from lgnet.public.own_reads import messages_to
from lgnet.public.own_session import OwnRequest, own_page, render_own
from lgnet.public.own_words import HELPED


@own_page
def own_messages(request: OwnRequest) -> HttpResponse:
    """Which messages reach the person; each channel is turned off, and on again."""
    person = request.own.card.person
    channels = messages_to(person)
    if request.method == "POST":
        channel = request.POST.get("channel", "")
        if channel not in dict(channels):
            raise Http404
        if request.POST.get("wanted") == "yes":
            opt_in(person=person, channel=channel)
        else:
            opt_out(person=person, channel=channel, source=OptOut.Source.OWN_PAGE)
        return redirect("own_messages")
    return render_own(request, "public/own_messages.html", {"channels": channels})


@own_page
def own_helped(request: OwnRequest) -> HttpResponse:
    """Whether the help of the case that ended last was of use; not to say is an answer too."""
    case = case_to_ask_about(request.own.card.person)
    if case is None:
        return redirect("own_home")
    if request.method == "POST":
        try:
            record_helpfulness(by=None, case=case, answer=request.POST.get("answer", ""), language=request.own.language)
        except DomainError:  # no button sends it
            raise Http404 from None
        return redirect("own_helped")
    said = Helpfulness.objects.filter(case=case, asked_by__isnull=True).first()  # not what was told to the staff
    return render_own(request, "public/own_helped.html", {"answers": HELPED, "said": said.answer if said else ""})
