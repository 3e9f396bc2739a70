"""Documents and pages of answers in the day of whoever looks after them."""

from django.urls import reverse
from django.utils.translation import ngettext

from lgnet.catalogue.knowledge_policies import reviews_anything
from lgnet.catalogue.knowledge_selectors import listed_versions, review_due
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.document_selectors import documents_to_destroy, expiring_documents
from lgnet.people.document_tables import window
from lgnet.workspace.day import Day, Figure

WITHIN = "30"  # days, as the filter of the list says them


def add_papers(user: User, day: Day) -> None:
    """Documents that expire or wait for a decision, pages that wait for a review; nothing when there are none."""
    if can(user, Permission.REGISTER_PERSON):
        day.add_figures(_expiring(user), _to_destroy(user))
    if reviews_anything(user):
        day.add_figures(_to_review(user), _to_look_at(user))


def _expiring(user: User) -> Figure:
    number = expiring_documents(user).filter(window(WITHIN)).count()
    text = ngettext("document expires within 30 days", "documents expire within 30 days", number)
    return Figure(number, text, f"{reverse('document_list')}?within={WITHIN}")


def _to_destroy(user: User) -> Figure:
    number = documents_to_destroy(user).count()
    text = ngettext("document proposed to be destroyed", "documents proposed to be destroyed", number)
    return Figure(number, text, reverse("document_destruction_list"), "info")


def _to_review(user: User) -> Figure:
    number = listed_versions(user).filter(status="in_review").count()
    text = ngettext("page of answers waits for review", "pages of answers wait for review", number)
    return Figure(number, text, f"{reverse('knowledge_list')}?state=in_review", "info")


def _to_look_at(user: User) -> Figure:
    number = listed_versions(user).filter(review_due()).count()
    text = ngettext("page of answers to look at again", "pages of answers to look at again", number)
    return Figure(number, text, f"{reverse('knowledge_list')}?state=due")
