"""Charts and metadata: procedures f and g, on every file of the folder."""

import csv
import io
import json
import re
import zipfile
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

import numpy as np

NUMBERS = ("x", "y", "width", "height", "cx", "cy", "r", "x1", "x2", "y1", "y2")
RESIDUAL = 0.02
FREE = re.compile(r"(creat|modif|date|time|producer|author|comment|software|exif)", re.I)


def value(text):
    """The number that stands in a displayed value, and how it is worded."""
    words = re.sub(r"[\u00a0\u202f ]", " ", text)
    numbers = [float(n.replace(" ", "").replace(",", ".")) for n in re.findall(r"-?\d[\d ]*(?:[.,]\d+)?", words)]
    return tuple(numbers), re.sub(r"-?\d[\d ]*(?:[.,]\d+)?", "#", words).strip()


def charts(folder, release):
    """f: displayed values only in `data-v`, and coordinates that are an affine image of them."""
    claims, asked = [], 0
    shown = set()
    for row in release.rows:
        if row["estimate"] not in ("", "nd"):
            shown.update(float(n) for n in re.findall(r"\d+(?:\.\d+)?", row["estimate"]))
            shown.update(float(row[c]) for c in ("lo", "hi", "ci_lo", "ci_hi", "n", "pop") if re.fullmatch(r"[\d.]+", row[c]))
    states = release.publication.get("counts", {})
    shown.update(float(s["shown"]) for s in states.get("states", []) + states.get("excluded", []) if s["shown"])
    for path in sorted(folder.rglob("*.svg")):
        try:
            root = ElementTree.fromstring(path.read_bytes())
        except ElementTree.ParseError as error:
            claims.append(f"f: {path.name}: not XML ({error})")
            continue
        marks = defaultdict(list)
        for mark in root.iter():
            text = mark.get("data-v")
            if text is None:
                continue
            asked += 1
            numbers, words = value(text)
            missing = [number for number in numbers if number not in shown]
            if missing:
                claims.append(f"f: {path.name}: data-v {text!r}: {missing} is in no cell")
            others = [key for key in mark.keys() if key.startswith("data-") and key != "data-v"]
            if others:
                claims.append(f"f: {path.name}: {others} beside data-v")
            tag = mark.tag.rpartition("}")[2]
            size = {name: float(mark.get(name)) for name in NUMBERS if mark.get(name) and re.fullmatch(r"-?[\d.]+", mark.get(name))}
            if mark.get("points"):
                points = [float(n) for n in re.findall(r"-?[\d.]+", mark.get("points"))]
                size |= {f"p{at}": n for at, n in enumerate(points)}
            if len(numbers) == 1:
                marks[(tag, words)].append((numbers[0], size))
        for (tag, words), found in marks.items():
            claims.extend(affine(path.name, tag, words, found))
    return claims, asked


def affine(file, tag, words, found):
    """Any coordinate of marks of a kind is: a + b·value, or fixed by the place in the layout.

    A coordinate that is neither would carry digits that the value does not show. The layout is a grid: whatever stays
    the same for two values, or comes back at a regular pitch, is layout.
    """
    claims = []
    values = np.array([v for v, _ in found])
    for key in sorted(set().union(*(size for _, size in found))):
        pairs = [(v, size[key]) for v, size in found if key in size]
        if len(pairs) < 4 or len({v for v, _ in pairs}) < 3:
            continue
        v, at = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
        design = np.stack([np.ones_like(v), v], axis=1)
        (a, b), *_ = np.linalg.lstsq(design, at, rcond=None)
        residual = np.abs(at - a - b * v).max()
        if residual < RESIDUAL:
            continue
        distinct = np.unique(np.round(at, 2))
        if key in ("width", "height", "r") and len(distinct) > 1:
            worst = [(x, y) for x, y in zip(v, at) if abs(y - a - b * x) >= RESIDUAL][:3]
            same = defaultdict(set)
            for x, y in pairs:
                same[x].add(round(y, 2))
            if any(max(group) - min(group) > RESIDUAL for group in same.values()):
                claims.append(f"f: {file}: {tag} {key}: one value, several sizes: {worst}")
            else:
                claims.append(f"f: {file}: {tag} {key} is no affine image of data-v ({words}): off by {residual:.2f}: {worst}")
    return claims


def metadata(folder, release):
    """g: fields, orders, times and hidden parts of files that could depend on what is hidden."""
    claims, asked = [], 0
    empty = ("step", "lo", "hi", "n", "n_step", "n_lo", "n_hi", "se", "ci_lo", "ci_hi", "pop")
    keys = []
    for row in release.rows:
        asked += 1
        keys.append(tuple(row[c] for c in row if c in ("channel", "table_id", "edition") or c.startswith("d_"))
                    + (row["indicator"],))
        if row["suppressed"] == "1":
            if row["estimate"] not in ("", "nd"):
                claims.append(f"g: {row['indicator']}: a hidden row shows {row['estimate']!r}")
            for column in empty:
                if row[column] != "":
                    claims.append(f"g: {row['indicator']}: a hidden row has {column} = {row[column]!r}")
    tables = [key[:3] for key in keys]
    if tables != sorted(tables, key=lambda key: tables.index(key)):
        claims.append("g: cells.csv: the rows of a table are not together")
    for table in sorted(set(tables)):
        rows = [key for key in keys if key[:3] == table]
        named = [tuple(place(release, dim, v) for dim, v in zip(release.dims, key[3:-1])) + (key[-1],) for key in rows]
        plain = [key for key in rows]
        # Codes may come in the order of the columns or the other way round.
        back = [key[3:-1][::-1] + key[-1:] for key in rows]
        if all(order != sorted(order) for order in (named, plain, back)):
            claims.append(f"g: cells.csv, {table[1]}: rows are in no order of codes")
    claims += blocks(release)
    times = defaultdict(set)
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        asked += 1
        kind = path.suffix.lower()
        if kind == ".json":
            claims += nulls(path, json.loads(path.read_text(encoding="utf-8")))
        elif kind == ".xlsx":
            claims += workbook(path, times)
        elif kind == ".pdf":
            claims += pdf(path, times)
        elif kind == ".png":
            claims += png(path)
        elif kind == ".parquet":
            claims += parquet(path, release)
        elif kind == ".csv" and path.name not in ("cells.csv",):
            claims += orders(path)
    for what, found in times.items():
        if len(found) > 1:
            claims.append(f"g: {what} differs between files: {sorted(found)[:4]}")
    return claims, asked


def place(release, dim, value):
    values = release.meta["dims"][dim]["values"]
    return -1 if value == "_T" else values.index(value)


def blocks(release):
    """All questions of a group and base, or none: a group that shows one and hides another tells why."""
    shown = defaultdict(set)
    for (domain, indicator), cell in release.cells.items():
        shown[(domain, release.base(indicator))].add(cell.hidden)
    return [f"g: {domain}, {base}: some questions shown, some not" for (domain, base), both in shown.items() if len(both) > 1]


def nulls(path, tree, at=""):
    """A hidden figure is told in one way only, whatever hides it."""
    claims = []
    if isinstance(tree, dict):
        if tree.get("suppressed") in (True, 1, "1") or tree.get("estimate") == "nd" or tree.get("value") == "nd":
            told = {k: v for k, v in tree.items() if isinstance(v, (int, float)) and not isinstance(v, bool) and k != "suppressed"}
            if told:
                claims.append(f"g: {path.name}{at}: a hidden figure with {told}")
        for key, inner in tree.items():
            claims += nulls(path, inner, f"{at}/{key}")
    elif isinstance(tree, list):
        for inner in tree:
            claims += nulls(path, inner, at)
    return claims


def workbook(path, times):
    claims = []
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        for info in book.infolist():
            times["time of an entry of a workbook"].add(info.date_time)
            if info.extra or info.comment:
                claims.append(f"g: {path.name}: {info.filename} has an extra field")
        for name in names:
            if re.search(r"(comments|externalLink|vbaProject|customXml|persons|threaded)", name, re.I):
                claims.append(f"g: {path.name}: {name}")
            text = book.read(name).decode("utf-8", "replace")
            if name.endswith("workbook.xml") and re.search(r'state="(very)?[hH]idden"', text):
                claims.append(f"g: {path.name}: a hidden sheet")
            if "worksheets/" in name:
                if re.search(r'hidden="(1|true)"', text):
                    claims.append(f"g: {path.name}: {name}: hidden rows or columns")
                if "<f>" in text or "<f " in text:
                    claims.append(f"g: {path.name}: {name}: a formula and its cached value")
            if name.startswith("docProps"):
                times["dates of docProps"].update(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", text))
    return claims


def pdf(path, times):
    import pypdf

    claims = []
    reader = pypdf.PdfReader(io.BytesIO(path.read_bytes()))
    info = {key: str(value) for key, value in (reader.metadata or {}).items()}
    times["producer of PDF"].add(info.get("/Producer"))
    for key in ("/CreationDate", "/ModDate"):
        times[f"PDF {key}"].add(info.get(key))
    names = reader.trailer["/Root"].get_object().get("/Names")
    if names is not None and "/EmbeddedFiles" in names.get_object():
        claims.append(f"g: {path.name}: embedded files")
    if reader.attachments:
        claims.append(f"g: {path.name}: attachments {list(reader.attachments)}")
    return claims


def png(path):
    data, at, claims = path.read_bytes(), 8, []
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8].decode("ascii", "replace")
        body = data[at + 8 : at + 8 + length]
        if kind in ("tIME", "eXIf", "zTXt", "iTXt") or (kind == "tEXt" and FREE.search(body.split(b"\0")[0].decode("latin-1"))):
            claims.append(f"g: {path.name}: {kind} {body[:40]!r}")
        at += 12 + length
    if at != len(data):
        claims.append(f"g: {path.name}: {len(data) - at} bytes after the end")
    return claims


def parquet(path, release):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    claims = []
    rows = table.to_pylist()
    if len(rows) != len(release.rows):
        return [f"g: {path.name}: {len(rows)} rows, {len(release.rows)} in cells.csv"]
    for one, other in zip(rows, release.rows):
        for column, text in other.items():
            told = one[column]
            told = "" if told is None else told
            same = str(told) == text or (text and told != "" and not isinstance(told, str) and float(told) == float(text))
            if not same and not (told is True and text == "1") and not (told is False and text == "0"):
                claims.append(f"g: {path.name}: {column} is {told!r}, in cells.csv {text!r}")
                return claims
    return claims


def orders(path):
    """No row of a hidden group carries a number, in any table for people."""
    claims = []
    text = path.read_text(encoding="utf-8-sig")
    sign = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    for row in csv.DictReader(io.StringIO(text), delimiter=sign):
        hidden = any(v == "nd" for v in row.values() if isinstance(v, str)) or row.get("suppressed") == "1"
        if hidden:
            for column, told in row.items():
                if column and re.match(r"(n$|n_|n affich|effectif|interv|préc|lo$|hi$|ci_|pop)", column) and told not in ("", "nd", None):
                    claims.append(f"g: {path.name}: a hidden row has {column} = {told!r}")
    return claims
