"""How the widgets of forms are drawn."""

from html import escape
from typing import Any

from django.forms import Select
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe


class Renderer(DjangoTemplates):
    """Draws lists to choose from here, word for word as Django does, which renders two templates for every choice."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The HTML of a widget or a form."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    lines = [f'<select name="{escape(str(widget["name"]))}"{_attributes(widget["attrs"])}>']
    for group, choices, _index in widget["optgroups"]:
        lines += [f'  <optgroup label="{escape(str(group))}">'] if group else []
        for choice in choices:
            attributes = _attributes(choice["attrs"]) if choice["attrs"] else ""
            value, label = escape(str(choice["value"])), escape(str(choice["label"]))
            lines.append(f'  <option value="{value}"{attributes}>{label}</option>\n')
        lines += ["  </optgroup>"] if group else []
    return mark_safe("\n".join([*lines, "</select>"]))


def _attributes(attributes: dict[str, Any]) -> str:
    said = [(name, value) for name, value in attributes.items() if value is not False]
    return "".join(
        f" {escape(str(name))}" + ("" if value is True else f'="{escape(str(value))}"') for name, value in said
    )
