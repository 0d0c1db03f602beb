"""A tool of another library -> the same in this one, through the same gate, whatever it says of itself."""

from toolwright.errors import ModelError, PackageError, ReplyShapeError
from toolwright.library.parcel import Enclosed
from toolwright.making.committing import admit
from toolwright.making.wish import INSTALLED, Made, Wish
from toolwright.models.absent import AbsentModel
from toolwright.models.metered import MeteredModel
from toolwright.parts import Parts
from toolwright.records import replace
from toolwright.stages.contract import check_tests
from toolwright.syntax.renamed_tool import renamed_source, renamed_tests
from toolwright.syntax.stubs import stub_of
from toolwright.types import Contract, Failure, Match, Step


def install(parts: Parts, enclosed: Enclosed, name: str) -> Made:
    """Review and verify a tool with the tests that came with it, and add it under `name`.

    Calls whose answers its former user knew are tried too, and kept. The refusal is in `failure`; then
    nothing was changed.

    Raises:
        LibraryError, SandboxError: it could not be tried.
    """
    old, said = enclosed.tool.name, enclosed.tool.docstring
    if not enclosed.tests:
        return _refused(name, "it came without tests, so nothing can vouch for it")
    source, tests, examples = enclosed.source, enclosed.tests, enclosed.examples
    try:
        check_tests(old, tests, said.requires)
    except ReplyShapeError as error:
        return _refused(name, str(error))
    if name != old:
        try:
            source, tests = renamed_source(source, old, name), renamed_tests(tests, old, name)
        except (ValueError, SyntaxError) as error:
            return _refused(name, f"{old} cannot be renamed: {error}")
        examples = tuple(replace(each, function=name) for each in examples if each.function == old)
    try:
        without = parts.packages.obtain(name, said.requires)
    except PackageError as error:
        return _refused(name, str(error), error.hint)
    if without:
        return _refused(name, f"it requires packages that you do not want: {', '.join(said.requires)}")
    step = Step(0, said.summary or name, said.keywords)
    goal, model = enclosed.origin
    nobody = AbsentModel(model, ModelError("setup", "to install a tool asks no model"))
    parts = replace(parts, model=MeteredModel(nobody, parts.emit))
    match = Match(step, "NOT_EXISTS", reason="it came from another library")
    wish = Wish(goal, step, match, (), name=name, how=INSTALLED)
    stub = stub_of(source, name)
    earlier = enclosed.earlier if name == old else ()
    try:
        return admit(
            parts, wish, Contract(name, stub, tests, step), source, examples=examples, earlier=earlier
        )
    except PackageError as error:  # what it calls requires one that is not installed
        return _refused(name, str(error), error.hint)


def _refused(name: str, why: str, hint: str = "") -> Made:
    return Made(name, 0, (), failure=Failure("install", why, kind="not_made", tool=name, hint=hint))
