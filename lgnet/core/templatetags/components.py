"""The parts pages are made of. Built into every template; shown with their states on the gallery page.

A part takes only the arguments it names, so that a typing error fails at once.
"""

from datetime import date
from functools import cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lgnet.core.dates import day_words, whole_minutes
from lgnet.core.drafts import draft_key
from lgnet.core.forms import style
from lgnet.core.languages import language_name
from lgnet.core.tables import Table, shown

register = template.Library()

register.filter("language_name", language_name)
register.filter("day_words", day_words)
register.filter("minutes", whole_minutes)

BADGES = {"info", "success", "warning", "danger", "neutral"}


@cache
def _sprites() -> str:
    return static("svg/sprites.svg")


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of Bootstrap Italia by its name (it-user); silent for screen readers unless it has a `label`."""
    aria = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    classes = f"icon icon-{size}" if size else "icon"
    return format_html('<svg class="{}" {}><use href="{}#{}"></use></svg>', classes, aria, _sprites(), name)


@register.simple_tag
def badge(text: Any, kind: str = "neutral") -> SafeString:
    """A short state in words; the colour only repeats it. Raises ValueError for an unknown `kind`."""
    if kind not in BADGES:
        raise ValueError(f"badge: {kind} is none of {sorted(BADGES)}")
    return format_html('<span class="lg-badge lg-badge-{}">{}</span>', kind, text)


@register.inclusion_tag("core/page_header.html")
def page_header(title: Any, lead: Any = "", eyebrow: Any = "") -> dict[str, Any]:
    """The heading of a page, one sentence below it, and a small line above it."""
    return {"title": title, "lead": lead, "eyebrow": eyebrow}


@register.simple_tag(takes_context=True)
def main_menu(context: Any) -> SafeString:
    """The menu, which the header shows twice, for narrow and for wide screens: drawn once."""
    more = context.get("menu_more")
    entries = [_menu_entry(one) for one in context.get("menu") or ()]
    if more:
        here = mark_safe(' class="is-here"') if context.get("menu_more_here") else ""
        entries.append(
            format_html(
                '<li>\n<details class="lg-more"><summary{}>{}</summary>\n<ul>{}</ul>\n</details>\n</li>',
                here, _("More"), mark_safe("".join(_menu_entry(one) for one in more)),
            )
        )  # fmt: skip
    return mark_safe(f"<ul>\n{''.join(entries)}\n</ul>")


def _menu_entry(entry: dict[str, Any]) -> SafeString:
    here = mark_safe(' aria-current="page"') if entry["here"] else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', entry["url"], here, entry["label"])


@register.inclusion_tag("core/breadcrumbs.html")
def breadcrumbs(*trail: Any) -> dict[str, Any]:
    """Label and address in turn; the last label, without an address, is this page."""
    pairs = [(trail[i], trail[i + 1] if i + 1 < len(trail) else "") for i in range(0, len(trail), 2)]
    return {"trail": pairs}


@register.inclusion_tag("core/field.html")
def field(bound: BoundField, hide_label: bool = False) -> dict[str, Any]:
    """A field with label, help and error."""
    style(bound.field)  # also one that the form got later
    widget = bound.field.widget
    kind = "text"
    if bound.is_hidden:
        kind = "hidden"
    elif isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "checkbox"
    described = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    classes = widget.attrs.get("class", "")
    attributes = {"class": f"{classes} is-invalid" if bound.errors and kind == "text" else classes}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {"field": bound, "kind": kind, "control": bound.as_widget(attrs=attributes), "hide_label": hide_label}


@register.simple_tag
def draft(form: str, *about: Any) -> SafeString:
    """Attributes of a form that records something new: what is typed is kept, and offered when it is opened again.

    `about` is for whom the page was opened, as its address says: nobody else's page offers it.
    """
    return format_html('data-draft="{}" data-draft-offer', draft_key(form, *about))


@register.inclusion_tag("core/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What has to be mended, with links to the fields; nothing when all is well."""
    return {"form": form, "invalid": [bound for bound in form if bound.errors] if form.is_bound else []}


@register.inclusion_tag("core/form_body.html", takes_context=True)
def form_body(context: Any, form: BaseForm) -> dict[str, Any]:
    """Protection against forged posts, what has to be mended, and every field of the form."""
    return {"form": form, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("core/empty_state.html")
def empty_state(title: Any, text: Any = "", url: str = "", label: Any = "") -> dict[str, Any]:
    """What to say, and what to do, when there is nothing to show."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("core/table.html", takes_context=True)
def table(context: Any, table: Table) -> dict[str, Any]:
    """A list with its search, filters, pages and exports."""
    return {"table": table, "request": context.get("request")}


@register.inclusion_tag("core/facts.html")
def facts(rows: Any) -> dict[str, Any]:
    """Labels with values, days as in the lists; a row without a value is left out."""
    known = [(label, value) for label, value in rows if value not in (None, "")]
    return {"rows": [(label, shown(value) if isinstance(value, date) else value) for label, value in known]}


@register.inclusion_tag("core/timeline.html")
def timeline(events: Any) -> dict[str, Any]:
    """What happened, latest first: dicts with `at`, `title`, and perhaps `icon`, `text`, `by`, `url`."""
    return {"events": events}


@register.inclusion_tag("core/figure.html")
def figure(value: Any, label: Any, url: str = "", note: Any = "") -> dict[str, Any]:
    """One number with what it counts, perhaps a link to the list behind it."""
    return {"value": value, "label": label, "url": url, "note": note}
