"""Draws the charts of a table with matplotlib, each to SVG, and says how many seconds they took.

The table has a row for each bar: chart, form, title, series, category, value, low, high. What is not displayed as a
number has no value. The first chart is drawn once before, so that loading fonts is not counted.
"""

import csv
import io
import sys
import time

try:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt
except ImportError:
    print("absent")
    sys.exit(0)


def read(path):
    charts = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            chart = charts.setdefault(row["chart"], {"form": row["form"], "title": row["title"], "series": {}})
            bars = chart["series"].setdefault(row["series"], [])
            number = lambda name: float(row[name]) if row[name] else float("nan")
            bars.append((row["category"], number("value"), number("low"), number("high")))
    return list(charts.values())


def draw(chart):
    series = list(chart["series"].items())
    categories = [category for category, *_ in series[0][1]]
    figure, axes = plt.subplots(figsize=(7.6, 1.6 + 0.35 * len(categories) * max(1, len(series) * 0.6)))
    places = range(len(categories))
    height = 0.8 / len(series)
    left = [0.0] * len(categories)
    for index, (name, bars) in enumerate(series):
        values = [0.0 if value != value else value for _, value, *_ in bars]
        if chart["form"] == "stacked":
            drawn = axes.barh(places, values, left=left, label=name)
            left = [sum(pair) for pair in zip(left, values)]
        else:
            spread = [
                [0.0 if low != low else max(value - low, 0.0) for (_, _, low, _), value in zip(bars, values)],
                [0.0 if high != high else max(high - value, 0.0) for (_, _, _, high), value in zip(bars, values)],
            ]
            at = [place + index * height for place in places]
            drawn = axes.barh(at, values, height=height, xerr=spread, label=name)
        axes.bar_label(drawn, fmt="%g %%")
    axes.set_yticks(list(places), labels=categories)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_title(chart["title"], loc="left", wrap=True)
    if len(series) > 1:
        axes.legend()
    figure.tight_layout()
    written = io.BytesIO()
    figure.savefig(written, format="svg")
    plt.close(figure)
    return written.tell()


charts = read(sys.argv[1])
draw(charts[0])
started = time.perf_counter()
written = sum(draw(chart) for chart in charts)
print(f"{time.perf_counter() - started} {len(charts)} {written}")
