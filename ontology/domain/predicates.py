"""Predicates: what the predicates of annotations mean to us."""

from enum import StrEnum
from types import MappingProxyType

from ontology.domain.namespaces import ODA, RDFS, REPRISE, SCHEMA, TYPE


class Field(StrEnum):
    """What a predicate on a parameter or an output says."""

    TERM = "term"
    UNIT = "unit"
    FORMAT = "format"
    SCALE = "scale"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    CHOICE = "choice"
    OPTIONAL = "optional"
    LABEL = "label"
    DESCRIPTION = "description"
    GROUP = "group"


# On the line of a parameter or an output.
FIELDS = MappingProxyType(
    {
        TYPE: Field.TERM,
        ODA + "unit": Field.UNIT,
        ODA + "has_unit": Field.UNIT,
        ODA + "format": Field.FORMAT,
        ODA + "has_format": Field.FORMAT,
        ODA + "lower_limit": Field.MINIMUM,
        ODA + "upper_limit": Field.MAXIMUM,
        ODA + "allowed_value": Field.CHOICE,
        ODA + "optional": Field.OPTIONAL,
        ODA + "label": Field.LABEL,
        ODA + "title": Field.LABEL,
        ODA + "description": Field.DESCRIPTION,
        ODA + "group": Field.GROUP,
        REPRISE + "term": Field.TERM,
        REPRISE + "unit": Field.UNIT,
        REPRISE + "format": Field.FORMAT,
        REPRISE + "scale": Field.SCALE,
        REPRISE + "minimum": Field.MINIMUM,
        REPRISE + "maximum": Field.MAXIMUM,
        REPRISE + "choice": Field.CHOICE,
        REPRISE + "optional": Field.OPTIONAL,
        REPRISE + "group": Field.GROUP,
        RDFS + "label": Field.LABEL,
        RDFS + "comment": Field.DESCRIPTION,
        SCHEMA + "name": Field.LABEL,
        SCHEMA + "description": Field.DESCRIPTION,
        SCHEMA + "unitText": Field.UNIT,
        SCHEMA + "unitCode": Field.UNIT,
        SCHEMA + "minValue": Field.MINIMUM,
        SCHEMA + "maxValue": Field.MAXIMUM,
    }
)

# On a line of their own, about the workflow or about a resource it names.
_ODA_ABOUT = (
    *("version", "reference", "label", "title", "description", "oda_token_access"),
    *("usesResource", "usesRequiredResource", "usesOptionalResource", "resourceBindingEnvVarName"),
    *("accessMode", "mount", "memory_per_process", "n_processes", "isUsing", "isRequesting"),
    *("isRequestingAstroObject", "isRequestingParameter"),
)
_SCHEMA_ABOUT = ("name", "description", "license", "author", "version", "citation", "keywords")
ABOUT = frozenset(
    {TYPE, RDFS + "label", RDFS + "comment"}
    | {ODA + name for name in _ODA_ABOUT}
    | {SCHEMA + name for name in _SCHEMA_ABOUT}
)
