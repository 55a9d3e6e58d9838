"""What a parameter or an output holds: the few kinds that code distinguishes."""

from enum import StrEnum


class ParameterKind(StrEnum):
    """How the value of a parameter is read, compared and handed to the code."""

    FLOAT = "float"
    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"
    TIME = "time"
    LIST = "list"
    STRUCTURE = "structure"
    PRODUCT = "product"


class ProductKind(StrEnum):
    """How the bytes of a product are decoded and compared."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    TABLE = "table"
    PICTURE = "picture"
    IMAGE = "image"
    SPECTRUM = "spectrum"
    LIGHT_CURVE = "light-curve"
    STRUCTURE = "structure"
    BINARY = "binary"
