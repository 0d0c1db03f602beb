"""The one place where foreign errors (of the SDK, of httpx, of JSON) become a `ModelError`.

In goes what was raised or what the server said, and who was asked; out comes kind, one sentence and a hint.
"""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from toolwright.errors import ModelError
from toolwright.models.endpoint import Endpoint
from toolwright.models.refusals import Refusal, kind_of, plain, read_refusal, wanted_wait

_ASK_OTHER: Final = (
    "choose another model with `--model {server}:NAME`; `python agent.py models` lists what the server offers"
)
_HINTS: Final = {
    "auth": "check {variable}: the server does not accept this key for {name}",
    "billing": "add credit or raise the spending limit of the account behind {variable}",
    "model": _ASK_OTHER,
    "context": "ask for less at once, or " + _ASK_OTHER,
    "request": _ASK_OTHER,
    "rate": "wait a minute and run the same command again",
    "server": "run the same command again later, or " + _ASK_OTHER,
    "network": "check the connection to {host}: network, proxy, firewall, base URL",
    "timeout": "run the same command again, or " + _ASK_OTHER,
    "protocol": "check that {host} is an OpenAI-compatible server, then run the same command again",
    "truncated": "ask for less at once, or " + _ASK_OTHER,
    "empty": "run the same command again, or " + _ASK_OTHER,
    "setup": "check {variable} and the base URL",
}

_SENTENCES: Final = {
    "auth": "{host} does not accept the API key: {said}",
    "billing": "{host} wants to be paid first: {said}",
    "model": "{name} is not available to this account: {said}",
    "context": "the question is too long for {name}: {said}",
    "request": "{host} refuses the request: {said}",
    "rate": "{host} allows no more requests just now: {said}",
    "server": "{host} has a fault of its own: {said}",
    "timeout": "{host} ran out of time: {said}",
    "protocol": "{host} answered in a way nobody understands: {said}",
}

_Rule: TypeAlias = tuple[tuple[type[BaseException], ...], Callable[[Any, Endpoint], ModelError]]


def model_error(
    kind: str, message: str, at: Endpoint, *, retry_after: float | None = None, hint: str = ""
) -> ModelError:
    """Build the error of that kind with the kind's hint; the key is taken out of the text."""
    variable = at.key_variable or "the API key"
    usual = _HINTS[kind].format(server=at.server, name=at.name, host=at.host, variable=variable)
    return ModelError(kind, at.blot(message), retry_after=retry_after, hint=at.blot(hint or usual))


def foreign_errors() -> tuple[type[BaseException], ...]:
    """Return what asking a server through the SDK may raise, for an `except` clause. Loads the SDK."""
    return tuple(kind for kinds, _ in _rules() for kind in kinds)


def translate(error: BaseException, at: Endpoint) -> ModelError:
    """Return the `ModelError` for an instance of `foreign_errors()`; any other error is raised again."""
    for kinds, rule in _rules():
        if isinstance(error, kinds):
            return rule(error, at)
    raise error


def unanswered(content_type: str, body: str, at: Endpoint) -> ModelError:
    """Return the error for a server that answered 200 but sent no stream: an error page, an error object."""
    try:
        refusal = read_refusal(200, json.loads(body))
    except ValueError:
        refusal = Refusal(200)
    if refusal.message:
        return model_error(kind_of(refusal, "server"), f"{at.host} reports an error: {refusal.message}", at)
    what = plain(content_type.partition(";")[0]) or "something else"
    return model_error("protocol", f"{at.host} answered with {what} instead of a streamed answer", at)


def _rules() -> tuple[_Rule, ...]:
    """What to do with which error, the first fit counts."""
    import httpx
    import together

    return (
        ((together.APIStatusError,), _refused),
        ((together.APITimeoutError, together.APIConnectionError), _unreachable),
        ((together.APIResponseValidationError,), _unreadable),
        ((together.APIError,), _failed_midway),
        ((together.TogetherError,), _misused),
        ((httpx.ConnectTimeout,), _lost),
        ((httpx.TimeoutException,), _silent),
        ((httpx.DecodingError, httpx.TooManyRedirects, httpx.StreamError), _unreadable),
        (
            (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, httpx.CookieConflict),
            _misused,
        ),
        ((httpx.HTTPError,), _lost),
        ((json.JSONDecodeError, UnicodeDecodeError), _unreadable),
        ((UnicodeEncodeError,), _unsendable),
        ((OSError,), _lost),
    )


def _refused(error: Any, at: Endpoint) -> ModelError:
    refusal = read_refusal(error.status_code, error.body)
    kind = kind_of(refusal)
    said = refusal.message or f"HTTP {refusal.status}"
    wait = wanted_wait(error.response.headers)
    return model_error(
        kind, _SENTENCES[kind].format(name=at.name, host=at.host, said=said), at, retry_after=wait
    )


def _unreachable(error: BaseException, at: Endpoint) -> ModelError:
    """The SDK wraps everything that goes wrong before the answer begins; its cause is the real story."""
    import httpx

    cause = error.__cause__
    if isinstance(cause, httpx.TimeoutException) and not isinstance(cause, httpx.ConnectTimeout):
        return _silent(cause, at)
    if isinstance(cause, httpx.HTTPError | httpx.InvalidURL):
        return translate(cause, at)
    return _lost(error, at)


def _lost(error: BaseException, at: Endpoint) -> ModelError:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return model_error("network", f"there is no server of the name {at.host} ({_reason(cause)})", at)
        if isinstance(cause, ConnectionRefusedError):
            return model_error("network", f"{at.host} refuses the connection: no server listens there", at)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return model_error(
                "network", f"the certificate of {at.host} is not trusted ({_reason(cause)})", at
            )
    return model_error("network", f"the connection to {at.host} failed ({_reason(error)})", at)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _reason(error: BaseException) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return plain(str(said))


def _silent(_error: BaseException, at: Endpoint) -> ModelError:
    return model_error("timeout", f"{at.host} has sent nothing for {at.idle_s:g} s", at)


def _failed_midway(error: Any, at: Endpoint) -> ModelError:
    refusal = read_refusal(200, error.body)
    said = refusal.message or plain(str(error))
    return model_error(kind_of(refusal, "server"), f"{at.name} broke off its answer: {said}", at)


def _unreadable(error: BaseException, at: Endpoint) -> ModelError:
    return model_error("protocol", f"what {at.host} sent cannot be read ({_reason(error)})", at)


def _unsendable(error: BaseException, at: Endpoint) -> ModelError:
    return model_error("request", f"the question holds characters that cannot be sent ({_reason(error)})", at)


def _misused(error: BaseException, at: Endpoint) -> ModelError:
    return model_error("setup", f"{at.server} cannot be asked like this ({_reason(error)})", at)
