"""Charts and small bars show every number, at its height, and nothing else."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from toolwright.screen.charts import HEIGHT, WIDTH, Chart, svg
from toolwright.screen.spark import BARS, gathered, sparkline

NUMBERS = st.lists(st.floats(0, 1e9) | st.integers(0, 10**6), max_size=80)


@given(NUMBERS, st.integers(1, 60))
def test_gathering_loses_nothing(numbers, most):
    """However many days are taken together, their sum stays, and no more bars come out than were wanted."""
    few = gathered(numbers, most)
    assert len(few) <= most
    assert abs(sum(few) - sum(numbers)) <= 1e-6 * (1 + sum(numbers))


@given(NUMBERS)
def test_scales_are_round(numbers):
    """Also of nothing: whole numbers of what is counted, all of 100 %, and no powers of ten."""
    for unit in ("", " %", "$"):
        shown = [min(number, 100) for number in numbers] if unit == " %" else [*map(int, numbers)]
        root = ET.fromstring(svg(Chart("", [""] * len(shown), shown, unit)))
        scale = [text.text.strip("$ %") for text in root.findall("text") if text.get("class") == "scale"]
        assert len(set(scale)) == 5
        assert not [text for text in scale if "e" in text or ("." in text and not unit)]
        assert unit != " %" or scale[-1] == "100"


@given(NUMBERS)
def test_a_line_of_bars_orders_as_its_numbers_do(numbers):
    """A bar for each number; a higher number never has a lower bar; what is not nothing is seen."""
    bars = [BARS.index(bar) for bar in sparkline(numbers)]
    assert len(bars) == len(numbers)
    for number, bar in zip(numbers, bars, strict=True):
        assert (bar > 0) == (number > 0)
        assert all(other <= bar for at, other in zip(numbers, bars, strict=True) if at <= number)


@given(NUMBERS, st.text(max_size=20), st.booleans(), st.sampled_from(["", " %", "$"]))
def test_a_chart_is_well_formed_and_within_its_frame(numbers, title, level, unit):
    """Whatever is drawn, the SVG parses, and every bar and dot lies inside and tells its number."""
    title = "".join(sign for sign in title if sign.isprintable())
    labels = [f"<day {index}>" for index in range(len(numbers))]
    root = ET.fromstring(svg(Chart(title, labels, numbers, unit, level=level)))
    marks = root.findall("circle" if level else "rect")
    assert root.get("aria-label") == title
    assert len(marks) == len(numbers)
    for mark, label in zip(marks, labels, strict=True):
        x, y = float(mark.get("cx") or mark.get("x")), float(mark.get("cy") or mark.get("y"))
        assert 0 <= x <= WIDTH
        assert 0 <= y + float(mark.get("height") or 0) <= HEIGHT
        assert mark.find("title").text.startswith(f"{label}: ")
