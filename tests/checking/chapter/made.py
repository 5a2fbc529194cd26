"""Texts that tests make: a PDF page with words at places and lines, written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Songti /Encoding /UniGB-UTF16-H /DescendantFonts [<< /Type /Font"
    b" /Subtype /CIDFontType0 /BaseFont /Songti /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
    b" /FontDescriptor << /Type /FontDescriptor /FontName /Songti /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
    b" /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>"
)


def pdf_page(
    words: Iterable[tuple[float, float, str, float]], lines: Iterable[tuple[float, float, float, float]] = ()
) -> bytes:
    """A PDF of one page: words by place and size, lines from point to point; upwards from the lower left corner."""
    said = [f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET" for x, y, text, size in words]
    said += [f"{a} {b} m {c} {d} l S" for a, b, c, d in lines]
    stream = "\n".join(said).encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        _FONT,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


def pdf_table(rows: Sequence[Sequence[str]], *, ruled: bool = True, notes: Sequence[str] = ()) -> bytes:
    """A PDF of one table, columns 110 wide and rows 30 high; a blank cell is one with that above it."""
    words = [
        (22 + 110 * column, 740 - 30 * row, text, 8)
        for row, cells in enumerate(rows) for column, text in enumerate(cells) if text
    ]  # fmt: skip
    words += [(22, 700 - 30 * len(rows) - 20 * n, text, 8) for n, text in enumerate(notes)]
    width, lines = len(rows[0]), []
    if ruled:
        lines += [
            (20 + 110 * column, 760 - 30 * row, 130 + 110 * column, 760 - 30 * row)
            for row in range(len(rows) + 1) for column in range(width)
            if row in (0, len(rows)) or rows[row][column]
        ]  # fmt: skip
        lines += [(20 + 110 * c, 760, 20 + 110 * c, 760 - 30 * len(rows)) for c in range(width + 1)]
    return pdf_page(words, lines)
