"""The tables of functions that reach the network or start programs."""

from typing import Final

from toolwright.syntax.permissions.rows import EXECUTE, NETWORK, Row, by_name, words

_SENDS: Final = "uses the network"
_SERVES: Final = "listens on the network"

FUNCTIONS: Final = by_name(
    (
        Row(NETWORK, _SENDS, "urllib.request.urlopen urllib.request.urlretrieve urllib.request.build_opener"),
        Row(NETWORK, _SENDS, "urllib.request.URLopener urllib.request.FancyURLopener"),
        Row(NETWORK, _SENDS, "http.client.HTTPConnection http.client.HTTPSConnection"),
        Row(NETWORK, _SENDS, "socket.socket socket.create_connection socket.getaddrinfo socket.SocketType"),
        Row(NETWORK, _SENDS, "socket.gethostbyname socket.gethostbyname_ex socket.gethostbyaddr"),
        Row(NETWORK, _SENDS, "socket.getnameinfo socket.getfqdn socket.fromfd _socket.socket"),
        Row(NETWORK, _SERVES, "socket.create_server socketserver.TCPServer socketserver.UDPServer"),
        Row(NETWORK, _SERVES, "socketserver.ThreadingTCPServer socketserver.ThreadingUDPServer"),
        Row(NETWORK, _SERVES, "http.server.HTTPServer http.server.ThreadingHTTPServer http.server.test"),
        Row(NETWORK, _SERVES, "wsgiref.simple_server.make_server wsgiref.simple_server.WSGIServer"),
        Row(NETWORK, _SERVES, "xmlrpc.server.SimpleXMLRPCServer xmlrpc.server.DocXMLRPCServer"),
        Row(NETWORK, _SENDS, "ssl.wrap_socket ssl.get_server_certificate"),
        Row(NETWORK, _SENDS, "smtplib.SMTP smtplib.SMTP_SSL smtplib.LMTP"),
        Row(
            NETWORK, _SENDS, "ftplib.FTP ftplib.FTP_TLS imaplib.IMAP4 imaplib.IMAP4_SSL imaplib.IMAP4_stream"
        ),
        Row(NETWORK, _SENDS, "poplib.POP3 poplib.POP3_SSL nntplib.NNTP nntplib.NNTP_SSL telnetlib.Telnet"),
        Row(NETWORK, _SENDS, "xmlrpc.client.ServerProxy xmlrpc.client.Server"),
        Row(NETWORK, _SENDS, "logging.handlers.SocketHandler logging.handlers.DatagramHandler"),
        Row(NETWORK, _SENDS, "logging.handlers.HTTPHandler logging.handlers.SMTPHandler"),
        Row(NETWORK, _SENDS, "logging.handlers.SysLogHandler logging.config.listen"),
        Row(NETWORK, _SENDS, "asyncio.open_connection asyncio.open_unix_connection"),
        Row(NETWORK, _SERVES, "asyncio.start_server asyncio.start_unix_server"),
        Row(NETWORK, _SENDS, "multiprocessing.connection.Client multiprocessing.connection.Listener"),
        Row(
            EXECUTE,
            "starts a program",
            "subprocess.run subprocess.Popen subprocess.call subprocess.getoutput",
        ),
        Row(EXECUTE, "starts a program", "subprocess.check_call subprocess.check_output"),
        Row(EXECUTE, "starts a program", "subprocess.getstatusoutput _posixsubprocess.fork_exec"),
        Row(EXECUTE, "starts a program", "os.system os.popen os.startfile os.posix_spawn os.posix_spawnp"),
        Row(EXECUTE, "starts a program", "os.execl os.execle os.execlp os.execlpe os.execv os.execve"),
        Row(EXECUTE, "starts a program", "os.execvp os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe"),
        Row(EXECUTE, "starts a program", "os.spawnv os.spawnve os.spawnvp os.spawnvpe"),
        Row(EXECUTE, "starts a process", "os.fork os.forkpty pty.fork pty.spawn"),
        Row(
            EXECUTE,
            "starts processes",
            "multiprocessing.Process multiprocessing.Pool multiprocessing.Manager",
        ),
        Row(EXECUTE, "starts processes", "multiprocessing.pool.Pool multiprocessing.get_context"),
        Row(EXECUTE, "starts processes", "multiprocessing.managers.SyncManager"),
        Row(EXECUTE, "starts processes", "concurrent.futures.ProcessPoolExecutor"),
        Row(EXECUTE, "starts processes", "concurrent.futures.process.ProcessPoolExecutor"),
        Row(EXECUTE, "starts a program", "asyncio.create_subprocess_exec asyncio.create_subprocess_shell"),
        Row(EXECUTE, "starts a program", "webbrowser.open webbrowser.open_new webbrowser.open_new_tab"),
        Row(
            EXECUTE,
            "starts a program",
            "venv.create ensurepip.bootstrap posix.system posix.fork pipes.Template",
        ),
    )
)

METHODS: Final = by_name(
    (
        Row(NETWORK, _SENDS, "create_datagram_endpoint wrap_socket sock_connect sock_sendall urlopen"),
        Row(EXECUTE, "starts a program", "subprocess_exec subprocess_shell"),
    )
)
"""Methods that say enough by their name alone."""

NETWORK_PACKAGES: Final = words(
    "requests httpx aiohttp urllib3 websockets websocket paramiko boto3 botocore grpc pycurl socks"
)
"""Packages of which every call reaches out, but for what is listed below."""

QUIET: Final = words(
    "requests.codes requests.exceptions requests.RequestException requests.HTTPError requests.Timeout "
    "requests.ConnectionError requests.JSONDecodeError requests.Request requests.PreparedRequest "
    "requests.utils requests.auth requests.adapters requests.structures requests.ConnectTimeout "
    "requests.ReadTimeout requests.TooManyRedirects requests.URLRequired requests.status_codes "
    "requests.cookies requests.models requests.compat requests.Response requests.hooks httpx.HTTPError "
    "httpx.RequestError httpx.HTTPStatusError httpx.TimeoutException httpx.Timeout httpx.URL "
    "httpx.codes httpx.Request httpx.Response httpx.Headers httpx.QueryParams httpx.Limits "
    "httpx.BasicAuth httpx.ConnectError httpx.ReadTimeout httpx.ConnectTimeout httpx.InvalidURL "
    "httpx.StreamError httpx.DecodingError httpx.TransportError httpx.NetworkError httpx.Cookies "
    "aiohttp.ClientError aiohttp.ClientTimeout aiohttp.BasicAuth aiohttp.ClientResponseError "
    "aiohttp.ClientConnectionError aiohttp.FormData aiohttp.InvalidURL urllib3.exceptions urllib3.util "
    "urllib3.Timeout urllib3.Retry urllib3.disable_warnings websockets.exceptions "
    "websockets.ConnectionClosed botocore.exceptions grpc.RpcError"
)
