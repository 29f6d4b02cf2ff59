"""The demo: an invented vendor's desk with customers, staff and three weeks of conversations.

`prepare` makes it once; `people`, `as_json` and `sign_in_lines` say who can sign in.
"""

from balcao.server.demo.making import prepare
from balcao.server.demo.showing import LicenceLine, Person, as_json, people, sign_in_lines

__all__ = ["LicenceLine", "Person", "as_json", "people", "prepare", "sign_in_lines"]
