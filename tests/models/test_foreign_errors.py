"""No error of the SDK or of httpx is left without a kind, whatever the next version of them brings."""

import inspect
import json
import ssl

import httpx
import pytest
import together

from toolwright.errors import MODEL_ERROR_KINDS, ModelError
from toolwright.models.endpoint import Endpoint
from toolwright.models.faults import foreign_errors, model_error, translate, unanswered
from toolwright.models.refusals import kind_of, plain, read_refusal, wanted_wait

AT = Endpoint(
    "together", "deepseek-ai/DeepSeek-R1", "api.together.ai", "TOGETHER_API_KEY", "sk-the-secret-key"
)
REQUEST = httpx.Request("POST", "https://api.together.ai/v1/chat/completions")

SDK_KINDS = {
    "TogetherError": "setup",
    "StreamAlreadyConsumed": "setup",
    "FileTypeError": "setup",  # of file transfers, which we do not make
    "DownloadError": "setup",
    "APIError": "server",
    "APIResponseValidationError": "protocol",
    "APIStatusError": "server",
    "APIConnectionError": "network",
    "APITimeoutError": "network",
    "BadRequestError": "request",
    "AuthenticationError": "auth",
    "PermissionDeniedError": "auth",
    "NotFoundError": "model",
    "ConflictError": "server",
    "UnprocessableEntityError": "request",
    "RateLimitError": "rate",
    "InternalServerError": "server",
}
HTTPX_KINDS = {
    "HTTPError": "network",
    "RequestError": "network",
    "TransportError": "network",
    "NetworkError": "network",
    "ConnectError": "network",
    "ReadError": "network",
    "WriteError": "network",
    "CloseError": "network",
    "ConnectTimeout": "network",
    "TimeoutException": "timeout",
    "ReadTimeout": "timeout",
    "WriteTimeout": "timeout",
    "PoolTimeout": "timeout",
    "ProtocolError": "network",
    "RemoteProtocolError": "network",
    "LocalProtocolError": "setup",
    "ProxyError": "network",
    "UnsupportedProtocol": "setup",
    "InvalidURL": "setup",
    "CookieConflict": "setup",
    "DecodingError": "protocol",
    "TooManyRedirects": "protocol",
    "HTTPStatusError": "network",
    "StreamError": "protocol",
    "StreamConsumed": "protocol",
    "StreamClosed": "protocol",
    "ResponseNotRead": "protocol",
    "RequestNotRead": "protocol",
}


def tree(root):
    """Return the class and all classes below it that the packages themselves define."""
    found = {root.__name__: root}
    for child in root.__subclasses__():
        if child.__module__.split(".")[0] in {"together", "httpx"}:
            found |= tree(child)
    return found


def build(kind):
    """Make an instance of an SDK or httpx error, as those packages do."""
    status = getattr(kind, "status_code", 500)
    response = httpx.Response(status if isinstance(status, int) else 500, request=REQUEST)
    known = {
        "response": response,
        "request": REQUEST,
        "body": {"error": {"message": "What went wrong."}},
        "message": "What went wrong.",
    }
    if kind.__init__ is Exception.__init__:
        return kind()
    asked = inspect.signature(kind).parameters.values()
    needed = {
        p.name: known[p.name] for p in asked if p.name in known and p.default is inspect.Parameter.empty
    }
    others = [p.name for p in asked if p.name not in known and p.kind is p.POSITIONAL_OR_KEYWORD]
    return kind(**needed, **dict.fromkeys(others, "What went wrong."))


def test_the_sdks_whole_tree_is_mapped():
    """Every exception class of the SDK is known here by name, and gets the kind that fits it."""
    classes = tree(together.TogetherError)
    assert set(classes) == set(SDK_KINDS), "the SDK has other exceptions than this table"
    for name, kind in classes.items():
        error = translate(build(kind), AT)
        assert (name, error.kind) == (name, SDK_KINDS[name])
        assert error.hint


def test_httpxs_whole_tree_is_mapped():
    """The SDK lets httpx errors through in mid-stream; each of them has a kind."""
    roots = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)
    classes = {name: kind for root in roots for name, kind in tree(root).items()}
    assert set(classes) == set(HTTPX_KINDS), "httpx has other exceptions than this table"
    for name, kind in classes.items():
        assert (name, translate(build(kind), AT).kind) == (name, HTTPX_KINDS[name])


def test_what_can_be_translated_can_be_caught():
    """Every error of both trees is an instance of what the `except` clause names."""
    caught = foreign_errors()
    every = [*tree(together.TogetherError).values(), *tree(httpx.HTTPError).values()]
    assert all(issubclass(kind, caught) for kind in every)
    assert not issubclass(ModelError, caught)
    assert not issubclass(KeyboardInterrupt, caught)


def test_an_error_of_our_own_making_is_not_dressed_up():
    """A bug stays a bug: what no server can cause goes through unchanged."""
    with pytest.raises(ZeroDivisionError):
        translate(ZeroDivisionError("a bug"), AT)


def test_a_certificate_that_is_not_trusted_is_named():
    """The cause at the bottom of the chain decides the words."""
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
    error = httpx.ConnectError("connect failed")
    error.__cause__ = refused
    assert "certificate of api.together.ai is not trusted" in str(translate(error, AT))


@pytest.mark.parametrize("kind", MODEL_ERROR_KINDS)
def test_every_kind_has_a_hint_and_hides_the_key(kind):
    """Whatever the kind, the user is told what to do, and never sees the key."""
    error = model_error(kind, "the key sk-the-secret-key is bad", AT)
    assert error.hint
    assert "{" not in error.hint
    assert "sk-the-secret-key" not in f"{error} {error.hint}"


UPGRADE = "Need more tokens? Upgrade today at https://console.example/settings/billing"
"""Servers advise those who ask too quickly to buy more; that is no used-up quota."""


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (500, "<html>oh</html>", "server", ""),
        (500, None, "server", ""),
        (400, {"message": "bare.  "}, "request", "bare"),
        (400, {"error": "just text"}, "request", "just text"),
        (400, {"error": {"message": 3}}, "request", ""),
        (400, {"error": {"message": "This model's maximum context length is 4096"}}, "context", None),
        (403, {"error": {"message": "inputs tokens + max_new_tokens must be <= 4"}}, "context", None),
        (404, {"error": {"message": "The model `x` does not exist"}}, "model", None),
        (
            429,
            {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}},
            "billing",
            None,
        ),
        (429, {"error": {"message": "No.", "code": "insufficient_quota"}}, "billing", None),
        (429, {"error": {"message": "Quota exceeded for this month"}}, "billing", None),
        (400, {"error": {"message": "Your credit balance is too low"}}, "billing", None),
        (403, {"error": {"message": "You are out of credits"}}, "billing", None),
        (429, {"error": {"message": "Rate limit reached: 30 requests a minute"}}, "rate", None),
        (
            429,
            {"error": {"message": f"Rate limit reached. {UPGRADE}", "code": "rate_limit_exceeded"}},
            "rate",
            None,
        ),
        (429, {"error": {"message": f"Limit 6000 tokens a minute. {UPGRADE}"}}, "rate", None),
        (429, {"error": {"message": "Add billing details", "type": "rate_limit_error"}}, "rate", None),
        (401, {"error": {"message": "billing is not set up"}}, "auth", None),
        (418, "I'm a \x1b[31mteapot\nhere", "request", "I'm a [31mteapot here"),
    ],
)
def test_refusals_are_read_in_every_form(status, body, kind, message):
    """Bodies of all shapes give a kind, and a message that is one printable line or nothing."""
    refusal = read_refusal(status, body)
    assert kind_of(refusal) == kind
    assert message is None or refusal.message == message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_the_wish_to_wait_is_read_in_every_form(headers, seconds):
    """Seconds, milliseconds and dates are understood; nonsense is ignored."""
    assert wanted_wait(httpx.Headers(headers)) == seconds


def test_foreign_text_becomes_part_of_one_sentence():
    """Line breaks, control characters, full stops and length do not get through."""
    assert plain(" a\n\tb.\x1b ") == "a b"
    assert len(plain("x" * 1000)) == 300


def test_an_error_page_instead_of_a_stream_is_described():
    """A JSON error in a 200 tells its message, anything else its content type."""
    said = unanswered(
        "application/json", json.dumps({"error": {"message": "Rate limited", "type": "rate_limit"}}), AT
    )
    assert (said.kind, "Rate limited" in str(said)) == ("rate", True)
    assert "answered with text/html" in str(unanswered("text/html; charset=utf-8", "<html>", AT))
