"""Python text -> its syntax tree, or one SyntaxError whatever is wrong with it, without warnings."""

import ast
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

BOM: Final = "\ufeff"


def parse_text(text: str, filename: str = "<text>") -> ast.Module:
    """Parse a module text, with or without a byte order mark.

    Raises:
        SyntaxError: it is not Python, or so deeply nested that the parser gives up.
    """
    with plain_syntax_errors():
        return ast.parse(text.removeprefix(BOM), filename)


def parse(text: str) -> ast.Module:
    """Parse a piece of a module text, which may end in a backslash.

    Raises:
        SyntaxError: as for `parse_text`.
    """
    return parse_text(text + "\n")


def parse_expression(text: str) -> ast.expr:
    """Parse one expression.

    Raises:
        SyntaxError: it is not one.
    """
    with plain_syntax_errors():
        return ast.parse(text.strip(), mode="eval").body


def parse_and_compile(text: str) -> ast.Module:
    """Parse a module text and let the compiler find what the parser lets pass, such as a `return` outside.

    Raises:
        SyntaxError: it is not Python, or so deeply nested that the compiler gives up.
    """
    with plain_syntax_errors():
        tree = ast.parse(text.removeprefix(BOM))
        compile(tree, "<text>", "exec", dont_inherit=True)
    return tree


def walk_expression(node: ast.expr) -> Iterator[ast.AST]:
    """List the parts of an expression, quickly for annotations, of which only what has a value is."""
    waiting: list[ast.AST] = [node]
    while waiting:
        match waiting.pop():
            case ast.Name() | ast.Constant() as leaf:
                yield leaf
            case ast.Subscript(value=value, slice=inner) as part:
                yield part
                waiting += (value, inner)
            case ast.Attribute(value=value) as part:
                yield part
                waiting.append(value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) as part:
                yield part
                waiting += parts
            case ast.BinOp(left=left, right=right) as part:
                yield part
                waiting += (left, right)
            case other:
                yield other
                waiting += ast.iter_child_nodes(other)


def literal(node: ast.expr) -> object:
    """Return the value of a literal.

    Raises:
        ValueError: it is not a literal.
    """
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ValueError("not a literal") from None


@contextmanager
def plain_syntax_errors() -> Iterator[None]:
    """Turn everything that parser and compiler raise on bad text into SyntaxError, and keep them quiet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except SyntaxError as error:
            # an encoding declaration that is unknown, a null byte: the line may be missing or 0
            error.lineno = error.lineno or None
            raise
        except (RecursionError, MemoryError):
            raise SyntaxError("it is nested too deeply") from None
        except UnicodeEncodeError:
            raise SyntaxError("it holds a character that is not text (a lone surrogate)") from None
        except ValueError as error:
            raise SyntaxError(str(error)) from None
