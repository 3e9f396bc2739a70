"""Documents of people and pages of answers in the demo: a few of each, so that every state can be seen."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from lgnet.catalogue import knowledge
from lgnet.catalogue.knowledge_models import KnowledgeFeedback, KnowledgePage, KnowledgeVersion
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import Role
from lgnet.people.document_models import Document
from lgnet.people.documents import DocumentDetails, Upload, propose_destruction, store_document
from lgnet.people.models import Person
from lgnet.workspace.simulated_answers import EXAMPLE, OF_CITY, OF_NETWORK, Page

MOST_DOCUMENTS = 20  # of one city: each is written to the disk, encrypted
# What is shown at a desk: type, who may read it, days of validity.
SHOWN = (
    ("permit", "team", 365), ("permit", "team", 365), ("receipt", "team", 0), ("passport", "team", 1800),
    ("health_card", "city", 180), ("tax_code", "city", 0), ("court", "legal", 0), ("medical", "health", 0),
    ("certificate", "team", 0),
)  # fmt: skip
REPORTS = (
    (KnowledgeFeedback.Verdict.HELPED, ""),
    (KnowledgeFeedback.Verdict.NOT_ENOUGH, "Manca a chi chiedere quando l'ufficio è chiuso"),
    (KnowledgeFeedback.Verdict.HELPED, ""),
    (KnowledgeFeedback.Verdict.WRONG, "L'indirizzo dell'ufficio è cambiato"),
)
At = Callable[[datetime, Callable[[], None]], None]


class Papers:
    """Documents that people of one city show when they are received; `keep` is called for each of them."""

    def __init__(self, partner: Partner, *, seed: int) -> None:
        self.rng = random.Random(f"documents {seed} {partner.slug}")  # noqa: S311  lives of invented people
        self.kept = 0

    def keep(self, by: User, person: Person) -> None:
        """Perhaps keep a document or two of somebody whose file is open for `by`."""
        if self.kept >= MOST_DOCUMENTS or self.rng.random() > 0.35:
            return
        for kind, access, days in self.rng.sample(SHOWN, self.rng.choice((1, 1, 2))):
            self.kept += 1
            self._keep(by, person, kind, access, days)

    def _keep(self, by: User, person: Person, kind: str, access: str, days: int) -> None:
        rng, today = self.rng, timezone.localdate()
        born = person.birth_date
        issued = today - timedelta(days=rng.randint(1, 300))
        details = DocumentDetails(
            kind=kind, access=access, number_masked=f"{rng.randint(0, 9999):04}" if days else "",
            issued_on=issued if born is None or issued > born else None,
            expires_on=today + timedelta(days=rng.randint(20, days)) if days else None,
        )  # fmt: skip
        label = str(Document.Kind(kind).label)
        document = store_document(by=by, person=person, details=details, files=[Upload("demo.jpg", _facsimile(label))])
        if rng.random() < 0.08:
            propose_destruction(by=by, document=document, reason="conservato due volte (dimostrazione)")


def plan_answers(*, at: At, start: datetime) -> None:
    """Pages of the network and of every city, written and reviewed by two people each; nothing where there are some."""
    if KnowledgePage.objects.exists():
        return
    support = _holders(Role.NETWORK_SUPPORT)
    for number, page in enumerate(OF_NETWORK):
        if len(support) >= 2:
            moment = start + timedelta(days=2 + number, hours=3)
            author, reviewer = support[number % 2], support[(number + 1) % 2]
            _plan(at, moment, page, None, author, reviewer)
    cities = Partner.objects.filter(kind__in=(Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY)).order_by("slug")
    for number, city in enumerate(cities):
        authors, reviewers = _holders(Role.DESK_OPERATOR, city), _holders(Role.COORDINATOR, city)
        if authors and reviewers:
            _plan(at, start + timedelta(days=4), OF_CITY[0], city, authors[0], reviewers[0])
            _plan(at, start + timedelta(days=9), OF_CITY[1], city, authors[0], None)  # waits for its review
            at(start + timedelta(days=20), lambda by=authors[0], number=number: _report(by, number))  # type: ignore[misc]


def _plan(at: At, moment: datetime, page: Page, city: Partner | None, author: User, reviewer: User | None) -> None:
    at(moment, lambda: _write(page, city, author, reviewer))


def _write(page: Page, city: Partner | None, author: User, reviewer: User | None) -> None:
    texts = {code: (title, f"{body}\n\n{EXAMPLE[code]}") for code, (title, body) in page.texts.items()}
    today = timezone.localdate()
    answer = knowledge.Answer(
        *texts["it"], topic=page.topic, review_by=today + knowledge.LOOKED_AT_EVERY, is_public=page.is_public,
        sources=[(label, "") for label in page.sources],
    )  # fmt: skip
    version = knowledge.write_page(by=author, partner=city, answer=answer)
    for code, (title, body) in texts.items():
        if code != "it":
            knowledge.write_text(by=author, version=version, language=code, title=title, body=body)
    knowledge.submit_version(by=author, version=version)
    if reviewer is None:
        return
    knowledge.approve_version(by=reviewer, version=version)
    if page is OF_NETWORK[0]:  # one that has changed, so that versions and differences can be seen
        again = knowledge.begin_version(by=author, page=version.page)
        longer = f"{texts['it'][1]}\n\nIl rinnovo può essere chiesto anche con l'aiuto dello sportello."
        knowledge.change_draft(by=author, version=again, answer=replace(answer, body=longer))
        knowledge.submit_version(by=author, version=again)
        knowledge.approve_version(by=reviewer, version=again)


def _report(operator: User, number: int) -> None:
    """Whoever works at the desk of this city says of one answer whether it helped; every city of another."""
    approved = KnowledgeVersion.objects.filter(status=KnowledgeVersion.Status.APPROVED, page__partner__isnull=True)
    versions = list(approved.order_by("page__created_at"))
    if versions:
        verdict, note = REPORTS[number % len(REPORTS)]
        knowledge.give_feedback(by=operator, version=versions[number % len(versions)], verdict=verdict, note=note)


def _holders(role: Role, partner: Partner | None = None) -> list[User]:
    rows = Membership.objects.current().filter(role=role).select_related("user").order_by("user__username")
    users = [row.user for row in (rows.filter(partner=partner) if partner else rows)]
    return list({user.pk: user for user in users}.values())


@cache
def _facsimile(label: str) -> bytes:
    """A picture on which nobody can take the document for a real one."""
    picture = Image.new("RGB", (600, 400), "#f4f1e6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((10, 10, 589, 389), outline="#5c6f82", width=3)
    for line, text in enumerate(("FAC-SIMILE", label.encode("ascii", "replace").decode(), "LGNet - DEMO")):
        draw.text((40, 60 + 90 * line), text, fill="#17324d", font_size=40)
    target = BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
