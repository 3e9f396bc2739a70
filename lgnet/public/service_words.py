"""The words of the public site for the codes of the directory of services, spoken to who looks for help."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.directory_codes import Access, Accessibility, Audience
from lgnet.catalogue.models import ServiceType
from lgnet.public.kiosk_words import TOPICS

SERVICE_TOPICS: dict[str, Promise] = {ServiceType.Area.FIRST_HELP: _("Food, clothes, blankets"), **TOPICS}
AUDIENCES: dict[str, Promise] = {
    Audience.EVERYBODY: _("For everybody"),
    Audience.ADULTS: _("Adults"),
    Audience.WOMEN: _("Women"),
    Audience.MEN: _("Men"),
    Audience.FAMILIES: _("Families with children"),
    Audience.MINORS_ALONE: _("Under 18, without parents here"),
    Audience.YOUNG_ADULTS: _("Young people over 18"),
    Audience.ASYLUM_SEEKERS: _("Who asked for asylum"),
    Audience.PROTECTED: _("Who has asylum or protection"),
    Audience.PERMIT_HOLDERS: _("Who has a permit to stay"),
    Audience.WITHOUT_PAPERS: _("Also without a permit to stay"),
    Audience.HOMELESS: _("Who sleeps in the street"),
    Audience.VICTIMS: _("Who suffered violence or exploitation"),
}
ACCESS: dict[str, Promise] = {
    Access.WALK_IN: _("Just come: you need no appointment."),
    Access.APPOINTMENT: _("You need an appointment."),
    Access.REFERRAL: _("Another service must send you. Ask at a help desk."),
    Access.PHONE: _("You can call."),
    Access.ONLINE: _("You can do it on the internet."),
}
ACCESSIBILITY: dict[str, Promise] = {
    Accessibility.WHEELCHAIR: _("You can come with a wheelchair."),
    Accessibility.TOILET: _("There is a toilet for wheelchairs."),
    Accessibility.LIFT: _("There is a lift."),
    Accessibility.SIGN_LANGUAGE: _("Somebody speaks Italian sign language."),
    Accessibility.HEARING: _("There is help for who hears badly."),
    Accessibility.PUSHCHAIR: _("You can come with a pushchair."),
}
