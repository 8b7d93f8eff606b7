"""The one file in a multipart form, piece by piece; other fields are passed over."""

from __future__ import annotations

from python_multipart.multipart import MultipartParser, parse_options_header

from models.core.errors import Invalid

MOST_HEADER = 16 * 1024


class FilePart:
    """Feed it the body; it gives back what belongs to the file. `finished` once the form's end came."""

    def __init__(self, boundary: str) -> None:
        self.filename = ""
        self.finished = False
        self._pieces = bytearray()
        self._inside = False
        self._field, self._value, self._headers = bytearray(), bytearray(), dict[str, bytes]()
        self._parser = MultipartParser(
            boundary.encode("latin-1", "replace"),
            {
                "on_part_begin": self._begin, "on_part_data": self._data, "on_part_end": self._end,
                "on_header_field": self._header_field, "on_header_value": self._header_value,
                "on_header_end": self._header_end, "on_headers_finished": self._headers_read, "on_end": self._over,
            },
            max_header_size=MOST_HEADER,
        )

    def feed(self, piece: bytes) -> bytes:
        """The file's bytes in this piece. Raises FormParserError for a broken form, Invalid for two files."""
        self._parser.write(piece)
        pieces, self._pieces = bytes(self._pieces), bytearray()
        return pieces

    def _begin(self) -> None:
        self._headers.clear()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = bytes(self._value)
        self._field, self._value = bytearray(), bytearray()

    def _headers_read(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        if b"filename" not in options:
            return
        if self.filename:
            raise Invalid("one-file", "Send one file at a time.")
        self.filename, self._inside = _spelled(options[b"filename"]), True

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._pieces += data[start:end]

    def _end(self) -> None:
        self._inside = False

    def _over(self) -> None:
        self.finished = True


def _spelled(name: bytes) -> str:
    """Browsers write UTF-8 and escape three characters only (HTML, multipart/form-data encoding algorithm)."""
    text = name.decode("utf-8", "replace")
    for escaped, letter in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        text = text.replace(escaped, letter)
    return text
