"""What a cell needs to find its proxy: an address in, environment variables out."""

from toolwright.sandbox.proxy.hosts import with_brackets


def proxy_environment(host: str, port: int) -> dict[str, str]:
    """Return the variables that make requests, urllib, httpx, curl and others use the proxy at this address.

    Both spellings are set: programs differ in which they read, and in which wins. NO_PROXY is set, and empty:
    a host in it would be connected to directly, and a cell has no direct way, so the call would fail with
    "network unreachable" instead of the proxy's reason; and an empty one keeps programs from asking elsewhere
    (system settings, an inherited variable) which hosts to leave out.
    """
    proxy = f"http://{with_brackets(host)}:{port}"
    return {
        "HTTP_PROXY": proxy,
        "http_proxy": proxy,
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "NO_PROXY": "",
        "no_proxy": "",
    }
