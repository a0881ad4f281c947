"""A figure -> the XML of a Word drawing and the parts that it shows: SVG, and PNG for who knows no SVG."""

from __future__ import annotations

import hashlib
from html import escape

from reportgen.writing.blocks import Figure

EMU = 36000  # in a millimetre
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
SVG_URI = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"  # of the extension svgBlip ([MS-ODRAWXML] 2.5.3)
ASVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
# A line as high as the drawing: the style of a cell has lines of a fixed height.
TALL = '<w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:before="80" w:line="240" w:lineRule="auto"/>'
TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def figure_xml(figure: Figure, number: int) -> str:
    """Return the paragraphs of a figure: the drawing, kept with its title below; ``number`` is its own in the file."""
    if figure.drawing is None:
        return ""
    png, svg = (f"rId{name}" for name in _names(figure))
    wide, high = (round(side * EMU) for side in (figure.drawing.width, figure.drawing.height))
    about = f'id="{number}" name="{escape(figure.title)}" descr="{escape(figure.told)}"'
    drawing = (
        f'<w:drawing><wp:inline xmlns:wp="{WP}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/><wp:docPr {about}/>'
        f'<a:graphic xmlns:a="{A}"><a:graphicData uri="{PIC}"><pic:pic xmlns:pic="{PIC}">'
        f"<pic:nvPicPr><pic:cNvPr {about}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{png}"><a:extLst><a:ext uri="{SVG_URI}">'
        f'<asvg:svgBlip xmlns:asvg="{ASVG}" r:embed="{svg}"/></a:ext></a:extLst></a:blip>'
        f"<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        f"</wp:inline></w:drawing>"
    )
    look = '<w:pPr><w:pStyle w:val="GongwenCellCentered"/>{}</w:pPr>'
    return (
        f"<w:p>{look.format(TALL)}<w:r>{drawing}</w:r></w:p>"
        f'<w:p>{look.format("")}<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
        f"<w:t>{escape(figure.title)}</w:t></w:r></w:p>"
    )


def media_of(figure: Figure) -> dict[str, bytes]:
    """Return the parts of a figure by their names."""
    if figure.drawing is None:
        return {}
    png, svg = _names(figure)
    return {f"word/media/{png}.png": figure.drawing.png, f"word/media/{svg}.svg": figure.drawing.svg.encode()}


def relations_of(figure: Figure) -> str:
    """Return the relationships of a figure's parts."""
    return "".join(
        f'<Relationship Id="rId{part.partition("/media/")[2].partition(".")[0]}" Type="{IMAGE}" '
        f'Target="{part.removeprefix("word/")}"/>'
        for part in media_of(figure)
    )


def _names(figure: Figure) -> tuple[str, str]:
    """Return what PNG and SVG are called: by what they hold, so that two documents bound in one file share them."""
    drawing = figure.drawing
    digest = hashlib.sha256(drawing.svg.encode() if drawing else b"").hexdigest()[:12]
    return f"figure{digest}p", f"figure{digest}s"
