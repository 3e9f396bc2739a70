"""Lists: columns as data, search and filters in the address, one URL for page, fragment and spreadsheet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.core.exports import csv_response, xlsx_response
from lgnet.core.forms import LgForm

PAGE = 25
EXPORTS = {"xlsx": xlsx_response, "csv": csv_response}
ORDERS = {"": "", "ascending": ' aria-sort="ascending"', "descending": ' aria-sort="descending"'}
ARROWS = {"": "", "ascending": " ▲", "descending": " ▼"}


@dataclass(frozen=True)
class Column:
    """One column: what is shown and exported of a row, where it links to, how it is sorted.

    `value(row)` may be text, number, day, moment, yes/no or None; `badge(row)` gives the colour word of a badge;
    a `code` is never broken over two lines.
    """

    key: str
    label: str | Promise
    value: Callable[[Any], Any]
    link: Callable[[Any], str | None] | None = None
    sort: str = ""
    badge: Callable[[Any], str] | None = None
    export_only: bool = False
    code: bool = False


class FilterForm(LgForm):
    """Filters of a list; all optional, all in the address. `apply` narrows the rows by `cleaned_data`.

    An `apply` that gives only the first of many sets `more`, so that their number is not taken for all.
    """

    more = False

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=200)

    def apply(self, rows: Any) -> Any:
        """Return the rows asked for."""
        return rows


class Table:
    """A list as asked for by the address: filtered, sorted, one page of it.

    Filters that cannot be read give no rows. `person_of` tells whom a row is about, for the log of what was shown.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: Any,
        columns: Sequence[Column],
        *,
        title: str | Promise,
        filters: FilterForm | None = None,
        default_sort: str = "",
        empty_text: str | Promise = "",
        new_url: str = "",
        new_label: str | Promise = "",
        person_of: Callable[[Any], Any] | None = None,
    ) -> None:
        self.request, self.title, self.columns = request, title, [c for c in columns if not c.export_only]
        self.all_columns, self.filters, self.default_sort = columns, filters, default_sort
        self.empty_text = empty_text or _("Nothing here yet.")
        self.new_url = new_url if not new_url or new_url.startswith("/") else reverse(new_url)
        self.new_label, self.person_of = new_label, person_of
        self.rows: Any = [] if self.has_errors else self._sorted(self._filtered(rows))

    def _filtered(self, rows: Any) -> Any:
        return self.filters.apply(rows) if self.filters is not None and self.filters.is_bound else rows

    @property
    def has_errors(self) -> bool:
        """Whether the filters cannot be read; then there are no rows."""
        return self.filters is not None and bool(self.filters.errors)

    @property
    def format(self) -> str:
        """The kind of file asked for, or nothing for a page; filters that cannot be read give a page that says so."""
        asked = self.request.GET.get("format", "")
        return asked if asked in EXPORTS and not self.has_errors else ""

    def _sorted(self, rows: Any) -> Any:
        asked = self.request.GET.get("sort", "")
        column = next((c for c in self.all_columns if c.sort and c.key == asked.removeprefix("-")), None)
        if not isinstance(rows, QuerySet):
            return rows
        if column is None:
            return rows.order_by(self.default_sort, "pk") if self.default_sort else rows
        field = column.sort.removeprefix("-")
        falling = asked.startswith("-") != column.sort.startswith("-")
        return rows.order_by(f"-{field}" if falling else field, "pk")

    @cached_property
    def page(self) -> Any:
        """The page asked for, or the nearest there is."""
        return Paginator(self.rows, PAGE).get_page(self.request.GET.get("page"))

    @cached_property
    def page_rows(self) -> list[Any]:
        """The rows shown. Which ones is asked first: what else is known of a row costs only for those of the page."""
        rows = self.page.object_list
        if not isinstance(rows, QuerySet):
            return list(rows)
        if not self.count:
            return []
        keys = list(rows.values_list("pk", flat=True))
        found = {row.pk: row for row in self.rows.filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]  # one may have gone meanwhile

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return int(self.page.paginator.count)

    @property
    def more(self) -> bool:
        """Whether the rows are only the first of those found."""
        return self.filters is not None and self.filters.more

    @property
    def is_filtered(self) -> bool:
        """Whether something narrows the list."""
        return any(value for key, value in self.request.GET.items() if key not in {"page", "sort", "format"})

    def lines(self) -> SafeString:
        """The rows shown, drawn here: a template takes four times as long for so many small pieces."""
        starts = [f'<td data-label="{escape(str(column.label))}"' for column in self.columns]
        cells = [*zip(starts, self.columns, strict=True)]
        rows = ("".join([start + _cell(column, row) for start, column in cells]) for row in self.page_rows)
        return mark_safe("".join([f"<tr>{row}</tr>" for row in rows]))

    def heads(self) -> Iterator[dict[str, Any]]:
        """Column headings with the address that sorts by them and the present direction."""
        asked = self.request.GET.get("sort", "")
        for column in self.columns:
            falling = asked == column.key
            now = "descending" if asked == f"-{column.key}" else "ascending" if falling else ""
            url = self.url(sort=f"-{column.key}" if falling else column.key) if column.sort else ""
            yield {"label": column.label, "url": url, "now": now}

    def head_line(self) -> SafeString:
        """The headings drawn, for the same reason as the rows."""
        return mark_safe("".join([_head(**head) for head in self.heads()]))

    @cached_property
    def _asked(self) -> dict[str, list[str]]:
        return {key: values for key, values in self.request.GET.lists() if key not in {"page", "format"}}

    def url(self, **changes: str) -> str:
        """The address of this list with parameters changed; the page starts again unless it is given."""
        query = self._asked | {key: [value] for key, value in changes.items()}
        return f"{self.request.path}?{urlencode(query, doseq=True)}" if query else self.request.path

    @cached_property
    def urls(self) -> dict[str, str]:
        """Addresses of the neighbouring pages and of the exports."""
        page = self.page
        found = {"xlsx": self.url(format="xlsx"), "csv": self.url(format="csv"), "clear": self.request.path}
        if page.has_previous():
            found["previous"] = self.url(page=str(page.previous_page_number()))
        if page.has_next():
            found["next"] = self.url(page=str(page.next_page_number()))
        return found

    @cached_property
    def _export(self) -> tuple[list[list[Any]], list[Any]]:
        lines, persons = [], []
        for row in self.rows.iterator(chunk_size=2000) if isinstance(self.rows, QuerySet) else self.rows:
            lines.append([_exported(column.value(row)) for column in self.all_columns])
            persons.append(self.person_of(row) if self.person_of else None)
        return lines, _each_once(persons)

    def export_rows(self) -> list[list[Any]]:
        """Every row of what is seen, value by value."""
        return self._export[0]

    def shown_persons(self) -> list[Any]:
        """Whom the rows of the page are about, or of the whole file if one is asked for: each person once, in order."""
        if self.person_of is None:
            return []
        return self._export[1] if self.format else _each_once(self.person_of(row) for row in self.page_rows)


def _each_once(persons: Iterable[Any]) -> list[Any]:
    return list({person.pk: person for person in persons if person is not None}.values())


def _head(label: str | Promise, url: str, now: str) -> str:
    text, at = escape(str(label)), escape(url)
    if url:
        text = f'<a href="{at}" hx-get="{at}">{text}{ARROWS[now]}</a>'
    return f'<th scope="col"{ORDERS[now]}>{text}</th>'


def _cell(column: Column, row: Any) -> str:
    """The rest of a `<td>` from its attributes on; the class tells an empty one and one that stays on its line."""
    value = column.value(row)
    whole = column.code or isinstance(value, date | int | float)
    css = "is-empty" if value in (None, "") else "lg-nowrap" if whole else ""
    text = escape(shown(value))
    if column.link and (link := column.link(row)):
        text = f'<a href="{escape(link)}">{text}</a>'
    elif column.badge and (badge := column.badge(row)):
        text = f'<span class="lg-badge lg-badge-{escape(badge)}">{text}</span>'
    return f' class="{css}">{text}</td>' if css else f">{text}</td>"


def shown(value: Any) -> str:
    """A value as text in the reader's language and zone."""
    if value is None or value == "":
        return "—"
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return formats.number_format(value, use_l10n=True, force_grouping=True)
    return str(value)


def _exported(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value


def table_response(
    request: HttpRequest,
    table: Table,
    template: str,
    context: dict[str, Any] | None = None,
    on_export: Callable[[int], None] | None = None,
) -> HttpResponse:
    """The page, its fragment for htmx, or what is seen as `?format=xlsx` or `csv` (`on_export` hears how many rows).

    A file asked for with filters that cannot be read is answered by the page that says so, with 422.
    """
    if table.format:
        rows = table.export_rows()
        if on_export:
            on_export(len(rows))
        return EXPORTS[table.format](str(table.title), [str(column.label) for column in table.all_columns], rows)
    htmx = getattr(request, "htmx", None)
    if htmx and not htmx.boosted and htmx.target == "table":
        return render(request, "core/table.html", {"table": table})
    status = 422 if request.GET.get("format") in EXPORTS else 200
    return render(request, template, {"table": table, **(context or {})}, status=status)
