"""Converts each workbook of a folder by pyxform, which checks its references on the way."""

import pathlib
import sys

from pyxform.xls2xform import convert

failed = False
for workbook in sorted(pathlib.Path(sys.argv[1]).glob("*.xlsx")):
    result = convert(str(workbook))
    workbook.with_suffix(".xml").write_text(result.xform, encoding="utf-8")
    for warning in result.warnings:
        print(f"{workbook.name}: {warning}", file=sys.stderr)
        failed = True
    print(f"{workbook.name}: {len(result.xform)} characters of XForms, {len(result.warnings)} warnings")
sys.exit(failed)
