"""HTML that never closes, never ends, or means nothing."""

from fuzz.bombs.table import MIB, bomb, filled, html, plain


@bomb("HTML 100,000 deep")
def _() -> bytes:
    return html(b"<div>" * 100_000)


@bomb("HTML 300,000 blockquotes deep")
def _() -> bytes:
    return html(filled(b"<blockquote type=cite>\n", 6 * MIB))


@bomb("HTML lists in lists")
def _() -> bytes:
    return html(b"<ul><li>\n" * 50_000)


@bomb("HTML tables in tables")
def _() -> bytes:
    return html(b"<table><tr><td>\n" * 20_000 + b"x")


@bomb("one table of 100,000 cells")
def _() -> bytes:
    return html(b"<table>" + (b"<tr>" + b"<td>x" * 100 + b"\n") * 1000)


@bomb("one table row of 50,000 cells")
def _() -> bytes:
    return html(b"<table><tr>" + b"<td>x\n" * 50_000)


@bomb("cells that span a billion")
def _() -> bytes:
    return html(b"<table><tr>" + b"<td colspan=999999999 rowspan=999999999>x\n" * 1000)


@bomb("50,000 attributes")
def _() -> bytes:
    return html(b"<p " + b"".join(b"a%d=1\n" % i for i in range(50_000)) + b">x</p>")


@bomb("HTML of open brackets")
def _() -> bytes:
    return html(filled(b"<" * 76 + b"\n", 6 * MIB))


@bomb("HTML of ampersands")
def _() -> bytes:
    return html(filled(b"&amp;&#x;&" * 7 + b"\n", 2 * MIB))


@bomb("HTML entities beyond Unicode")
def _() -> bytes:
    return html(filled(b"&#99999999999999999999;&#0;&#xD800;\n", MIB))


@bomb("HTML comments without end")
def _() -> bytes:
    return html(filled(b"<!-- <!\n", 2 * MIB))


@bomb("HTML styles of 5 MB")
def _() -> bytes:
    return html(b"<style>" + filled(b".a > .b { color: red }\n", 5 * MIB) + b"</style><p>x</p>")


@bomb("HTML links by the hundred thousand")
def _() -> bytes:
    return html(filled(b'<a href="https://a.example/?b=c">x</a>\n', 4 * MIB))


@bomb("HTML that opens what it never closes")
def _() -> bytes:
    return html(b"<b><i><u><font>x\n" * 30_000)


@bomb("HTML of blanks")
def _() -> bytes:
    return html(b"<p>" + filled(b" \n&nbsp;", 4 * MIB) + b"</p>")


@bomb("HTML of marked sections")
def _() -> bytes:
    return html(filled(b"<![CDATA[<?xml <!DOCTYPE\n", 2 * MIB))


@bomb("entities that grow")
def _() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    return html(b"<!DOCTYPE html [<!ENTITY l0 'ha'>" + entities + b"]><p>&l9;</p>")


@bomb("text/enriched of open commands")
def _() -> bytes:
    return plain(b"<bold><nofill>\n" * 100_000, b"text/enriched")
