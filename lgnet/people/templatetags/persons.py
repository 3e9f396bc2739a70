"""What is known of a person, in words, for templates."""

from django import template

from lgnet.people import wording

register = template.Library()
register.filter("birth_words", wording.birth_words)
