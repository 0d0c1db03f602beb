"""The table of modules of which all that the other tables leave out needs no permission."""

from typing import Final

from toolwright.syntax.permissions.rows import words

MODULES: Final = words(
    # Their functions that need something are all listed.
    "os os.path posixpath ntpath pathlib shutil io codecs glob fnmatch tempfile json csv configparser "
    "sqlite3 zipfile tarfile gzip bz2 lzma zlib fileinput shelve dbm mmap filecmp linecache tokenize "
    "logging logging.handlers wave netrc plistlib tomllib urllib urllib.request urllib.parse urllib.error "
    "urllib.response http http.client http.server http.cookies http.cookiejar socket socketserver ssl select "
    "selectors smtplib ftplib imaplib poplib xmlrpc xmlrpc.client subprocess multiprocessing concurrent "
    "concurrent.futures concurrent.futures.thread asyncio pty webbrowser xml xml.etree "
    "xml.etree.ElementTree xml.dom xml.dom.minidom xml.sax xml.sax.saxutils numpy pandas "
    # Nothing in these does.
    "abc argparse array ast base64 binascii bisect builtins calendar cmath collections collections.abc "
    "colorsys contextlib contextvars copy copyreg dataclasses datetime decimal difflib dis email "
    "email.message email.mime email.mime.text email.mime.multipart email.mime.base email.utils email.header "
    "email.parser email.policy email.encoders enum errno fractions functools gc getopt gettext graphlib "
    "hashlib heapq hmac html html.parser html.entities inspect ipaddress itertools keyword locale "
    "math mimetypes numbers operator optparse pickle platform pprint queue quopri random re "
    "reprlib sched secrets signal stat statistics string stringprep struct symtable sys sysconfig textwrap "
    "threading time timeit token traceback types typing unicodedata uuid uu warnings weakref zoneinfo"
)

OPAQUE: Final = words(
    "eval exec compile __import__ globals locals vars getattr breakpoint sys.modules sys._getframe "
    "pickle.load pickle.loads pickle.Unpickler gc.get_objects types.FunctionType types.CodeType "
    "builtins.eval builtins.exec builtins.__import__ builtins.getattr inspect.currentframe shelve.Shelf "
    "operator.methodcaller operator.attrgetter"
)
"""What may do anything: neither a need, nor a reason to say that something is not needed."""

UNKNOWN_PARTS: Final = words("logging.config multiprocessing.shared_memory")
"""Parts of the modules above that no table covers."""
