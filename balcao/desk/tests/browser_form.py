"""What a browser would send of a form on a page, read from its HTML."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Collects the fields of every form by its address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, list[str]]] = {}
        self._fields: dict[str, list[str]] | None = None
        self._name = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._fields = self.found.setdefault(given.get("action") or "", {})
        if self._fields is None or "disabled" in given:
            return
        if tag == "input" and name:
            ticks = given.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in given:
                self._fields.setdefault(name, []).append(given.get("value") or "")
        elif tag == "select":
            self._name = name
        elif tag == "option" and "selected" in given:
            self._fields[self._name] = [given.get("value") or ""]
        elif tag == "textarea":
            self._name, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea" and self._text is not None and self._fields is not None:
            # The first line end after the tag is not part of the text.
            self._fields[self._name] = ["".join(self._text).removeprefix("\n")]
            self._text = None


def form_at(html: str, action: str) -> dict[str, list[str]]:
    """The fields of the form that is sent to ``action``, as they stand."""
    reader = _Forms()
    reader.feed(html)
    return reader.found[action]
