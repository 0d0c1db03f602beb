"""The page of `doctor`: levels, layers and facts go in, lines that fit the screen come out."""

from collections.abc import Mapping

from toolwright.records import dataclass
from toolwright.screen.display import Display
from toolwright.screen.words import one_line


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to show; `layers` and `troubles` are pairs of what it is and why, or what helps."""

    healthy: bool
    level: str
    layers: tuple[tuple[str, str], ...]
    shortfall: str
    sections: Mapping[str, Mapping[str, str]]
    troubles: tuple[tuple[str, str], ...]


def show_page(page: Page, display: Display) -> None:
    """Print the page."""
    _head("confinement", display)
    _fact("level", page.level, display)
    for name, fault in page.layers:
        mark = display.tick(good=not fault)
        mark.append(f" {name}{': ' + one_line(fault) if fault else ''}")
        mark.pad_left(2)
        display.print(mark)
    if page.shortfall:
        display.print(f"  {one_line(page.shortfall)}", style="yellow")
    for title, facts in page.sections.items():
        display.print()
        _head(title, display)
        if title == "versions":
            display.print("  " + one_line(", ".join(f"{name} {said}" for name, said in facts.items())))
            continue
        for name, said in facts.items():
            if said:
                _fact(name, said, display)
    display.print()
    for what, help_ in page.troubles:
        display.print(f"! {one_line(what)}{'; ' + one_line(help_) if help_ else ''}", style="yellow")
    if page.healthy:
        done = display.tick(good=True)
        done.append(" goals can run here")
        display.print(done)


def _head(title: str, display: Display) -> None:
    display.print(title, style="bold")


def _fact(name: str, said: str, display: Display) -> None:
    display.print(f"  {name:<20} {one_line(said)}")
