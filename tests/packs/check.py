"""Reads the downloads of an edition as others would: the data package by Frictionless, the entry of a catalogue by rdflib,
every workbook by openpyxl. Says what is wrong, and exits with 1."""

import hashlib
import pathlib
import sys
import warnings

import frictionless
import openpyxl
import rdflib

warnings.simplefilter("error", UserWarning)
site = pathlib.Path(sys.argv[1])
faults = []

# The data package: its description, the digest and the size of every file, every value of every table.
package = frictionless.Package(str(site / "datapackage.json"))
report = package.validate()
for task in report.tasks:
    for error in task.errors[:5]:
        faults.append(f"datapackage.json, {task.name}: {error.message}")
faults += [f"datapackage.json: {error.message}" for error in report.errors]
tables = [task.name for task in report.tasks if task.type == "table"]
rows = sum(task.stats.get("rows", 0) for task in report.tasks if task.type == "table")
for wanted in ["cells-csv", "domains-csv", "indicators-csv"]:
    if wanted not in tables:
        faults.append(f"datapackage.json: {wanted} was not read as a table")
if [licence["name"] for licence in package.licenses] != ["etalab-2.0"]:
    faults.append("datapackage.json: no Licence Ouverte 2.0")

# The entry of a catalogue: one data set in one catalogue, files that are there and are those.
base = "https://example.org/2026/"
dcat, dct, spdx = (
    rdflib.Namespace(address)
    for address in ("http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/", "http://spdx.org/rdf/terms#")
)
graph = rdflib.Graph().parse(site / "dcat.jsonld", format="json-ld", publicID=base)
catalogues = list(graph.subjects(rdflib.RDF.type, dcat.Catalog))
datasets = [dataset for catalogue in catalogues for dataset in graph.objects(catalogue, dcat.dataset)]
if len(catalogues) != 1 or len(datasets) != 1:
    faults.append(f"dcat.jsonld: {len(catalogues)} catalogues, {len(datasets)} data sets")
for dataset in datasets:
    for property in [dct.title, dct.description, dct.publisher, dct.temporal, dct.license, dcat.keyword]:
        if not list(graph.objects(dataset, property)):
            faults.append(f"dcat.jsonld: no {property}")
distributions = [file for dataset in datasets for file in graph.objects(dataset, dcat.distribution)]
for file in distributions:
    address = str(graph.value(file, dcat.downloadURL))
    if not address.startswith(base):
        faults.append(f"dcat.jsonld: {address} is not beside it")
        continue
    path = site / address[len(base) :]
    content = path.read_bytes() if path.is_file() else b""
    if int(graph.value(file, dcat.byteSize)) != len(content):
        faults.append(f"dcat.jsonld: {path.name} has another size")
    checksum = graph.value(graph.value(file, spdx.checksum), spdx.checksumValue)
    # rdflib reads a digest as bytes.
    stated = checksum.value if checksum is not None else b""
    if stated != hashlib.sha256(content).digest():
        faults.append(f"dcat.jsonld: {path.name} has another digest")
    if not graph.value(file, dct.license):
        faults.append(f"dcat.jsonld: {path.name} has no licence")
if len(distributions) < 7:
    faults.append(f"dcat.jsonld: {len(distributions)} files are offered")

# Workbooks: they open, no cell is a formula, heads are frozen.
books = sorted(site.rglob("*.xlsx"))
for path in books:
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    faults.append(f"{path.name}, {sheet.title}: {cell.coordinate} is a formula")
    if not any(sheet.freeze_panes for sheet in book.worksheets):
        faults.append(f"{path.name}: no head is frozen")
if not books:
    faults.append("no workbook")

for fault in faults:
    print(fault, file=sys.stderr)
print(f"{len(tables)} tables of {rows} rows, {len(distributions)} files offered, {len(books)} workbooks")
sys.exit(1 if faults else 0)
