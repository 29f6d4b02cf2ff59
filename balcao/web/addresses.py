"""The addresses of pages, each looked up once."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=4096)
def address(name: str, *args: object) -> str:
    """The address of a named route. Raises NoReverseMatch when it does not exist.

    It follows from the name and the values alone, and Django tries every route of that name for
    each: a page asks for a hundred. The oldest of 4,096 is forgotten.
    """
    return reverse(name, args=args or None)
