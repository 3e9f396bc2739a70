"""Write the reads of personal files that a view noted, before its page leaves."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lgnet.audit import services


class AuditReadsMiddleware:
    """Collects the reads of one request; a page whose reads cannot be logged is not served."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with services.collecting_reads() as reads:
            response = self.get_response(request)
        services.write_collected(reads)
        return response
