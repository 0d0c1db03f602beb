"""The one place where foreign errors (of the SDK, of httpx, of JSON) become a `ModelError`.

In goes what was raised or what the server said, and who was asked; out comes kind, one sentence and a hint.
"""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from toolwright.errors import ModelError
from toolwright.models.endpoint import Endpoint
from toolwright.models.refusals import Refusal, kind_of, plain, read_refusal, wanted_wait
from toolwright.types import Json

_ELSEWHERE: Final = frozenset({301, 302, 303, 307, 308})
_FIRST_OF_REFUSALS: Final = 300
_ASK_OTHER: Final = (
    "choose another model with `--model {server}:NAME`; "
    "`python agent.py models --model {name}` lists what the server offers"
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
    "setup": "check {variable} and the base URL of {server}",
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

Rule: TypeAlias = tuple[tuple[type[BaseException], ...], Callable[[Any, Endpoint], ModelError]]
"""What to do with which errors; of several rules the first that fits counts."""
Rules: TypeAlias = Callable[[], tuple[Rule, ...]]
"""The rules of one way to ask; calling it loads the packages whose errors they name."""


def model_error(
    kind: str, message: str, at: Endpoint, *, retry_after: float | None = None, hint: str = ""
) -> ModelError:
    """Build the error of that kind with the kind's hint; the key is taken out of the text."""
    variable = at.key_variable or "the API key"
    template = at.hints.get(kind, _HINTS[kind])
    usual = template.format(server=at.server, name=at.name, model=at.model, host=at.host, variable=variable)
    return ModelError(kind, at.blot(message), retry_after=retry_after, hint=at.blot(hint or usual))


def http_rules(http: Any = None) -> tuple[Rule, ...]:
    """Return the rules for what an HTTP client raises; `http` is its package, by default `httpx`."""
    if http is None:
        import httpx as http
    return (
        ((http.ConnectTimeout,), _lost),
        ((http.TimeoutException,), _silent),
        ((http.DecodingError, http.TooManyRedirects, http.StreamError), _unreadable),
        (
            (http.UnsupportedProtocol, http.LocalProtocolError, http.InvalidURL, http.CookieConflict),
            _misused,
        ),
        ((http.HTTPError,), _lost),
        ((json.JSONDecodeError, UnicodeDecodeError, RecursionError), _unreadable),
        ((UnicodeEncodeError,), _unsendable),
        ((OSError,), _lost),
    )


def sdk_rules(sdk: Any, base: type[BaseException], http: Any = None) -> tuple[Rule, ...]:
    """Return the rules for an SDK whose errors all come from `base`, over the HTTP client it uses."""
    wire = http_rules(http)

    def unreachable(error: BaseException, at: Endpoint) -> ModelError:
        """The SDK wraps everything that goes wrong before the answer begins; its cause is the real story."""
        cause = error.__cause__
        rule = _rule_for(cause, wire) if cause is not None else None
        return rule(cause, at) if rule else _lost(error, at)

    return (
        ((sdk.APIStatusError,), _refused),
        ((sdk.APITimeoutError, sdk.APIConnectionError), unreachable),
        ((sdk.APIResponseValidationError,), _unreadable),
        ((sdk.APIError,), _failed_midway),
        ((base,), _misused),
        *wire,
    )


def together_rules() -> tuple[Rule, ...]:
    """Return the rules for asking through Together's SDK."""
    import together

    return sdk_rules(together, together.TogetherError)


def foreign_errors(rules: Rules = together_rules) -> tuple[type[BaseException], ...]:
    """Return what asking a server may raise, for an `except` clause. Loads the packages that raise it."""
    return tuple(kind for kinds, _ in rules() for kind in kinds)


def translate(error: BaseException, at: Endpoint, rules: Rules = together_rules) -> ModelError:
    """Return the `ModelError` for an instance of `foreign_errors()`; any other error is raised again."""
    rule = _rule_for(error, rules())
    if rule is None:
        raise error
    return rule(error, at)


def _rule_for(error: BaseException, rules: tuple[Rule, ...]) -> Callable[[Any, Endpoint], ModelError] | None:
    return next((rule for kinds, rule in rules if isinstance(error, kinds)), None)


def refused(status: int, body: Json, headers: Mapping[str, str], at: Endpoint) -> ModelError:
    """Return the error for an answer that is a refusal: its status, its body as JSON, its headers."""
    if status in _ELSEWHERE:
        return model_error(
            "setup", f"{at.host} points to another address (HTTP {status}), where nothing is sent", at
        )
    refusal = read_refusal(status, body)
    kind = kind_of(refusal, "server" if status < _FIRST_OF_REFUSALS else "")
    said = refusal.message or f"HTTP {refusal.status}"
    sentence = _SENTENCES[kind].format(name=at.name, host=at.host, said=said)
    return model_error(kind, sentence, at, retry_after=wanted_wait(headers))


def broke_off(body: Json, at: Endpoint) -> ModelError:
    """Return the error for an event of a stream, in JSON, that reports a failure in mid-answer."""
    refusal = read_refusal(200, body)
    said = refusal.message or "it gave no reason"
    return model_error(kind_of(refusal, "server"), f"{at.name} broke off its answer: {said}", at)


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


def _refused(error: Any, at: Endpoint) -> ModelError:
    return refused(error.status_code, error.body, error.response.headers, at)


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
