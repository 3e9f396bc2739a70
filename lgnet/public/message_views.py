"""The page where a person says, from an e-mail, that no more are wanted. No sign-in, nobody's name."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lgnet.messaging.links import message_of_stop_link
from lgnet.messaging.models import OptOut
from lgnet.messaging.opt_outs import opt_out
from lgnet.public.pages import reader_language, render_page


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def messages_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and with one press write down, that no more e-mails are wanted.

    Programs of mail press it as well (RFC 8058), without a cookie: the address alone is the proof, and all it opens.
    """
    message = message_of_stop_link(token)
    is_done = message is not None and request.method == "POST"
    if is_done and message is not None and message.person is not None:
        opt_out(person=message.person, channel=message.channel, source=OptOut.Source.LINK)
    language = reader_language(request)
    with translation.override(language):
        context = {"is_known": message is not None, "is_done": is_done}
        response = render_page(request, "public/messages_stop.html", context, status=200 if message else 404)
    response.headers["Content-Language"] = language
    return response
