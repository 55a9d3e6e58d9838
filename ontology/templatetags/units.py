"""``{{ value|unit }}``: a unit as people print it."""

from django import template

from ontology.domain.units import printed

register = template.Library()
register.filter("unit", printed)
