"""The tables of functions, methods and constructors that read or write files."""

from typing import Final

from toolwright.syntax.permissions.rows import BOTH, READ, WRITE, Row, by_name, words

FUNCTIONS: Final = by_name(
    (
        Row(BOTH, "opens a file", "open io.open codecs.open gzip.open bz2.open lzma.open", modal=1),
        Row(BOTH, "opens a file", "io.FileIO _io.open _io.FileIO pathlib.Path.open wave.open", modal=1),
        Row(BOTH, "opens a file", "aifc.open sunau.open _pyio.open", modal=1),
        Row(BOTH, "opens a file", "gzip.GzipFile bz2.BZ2File lzma.LZMAFile", modal=1),
        Row(BOTH, "opens an archive", "zipfile.ZipFile zipfile.PyZipFile", modal=1),
        Row(BOTH, "opens an archive", "tarfile.open tarfile.TarFile tarfile.TarFile.open", modal=1),
        Row(BOTH, "opens a database", "shelve.open shelve.DbfilenameShelf", modal=1, default_mode="c"),
        Row(BOTH, "opens a database", "dbm.open dbm.dumb.open dbm.gnu.open dbm.ndbm.open", modal=1),
        Row(BOTH, "opens a database", "sqlite3.connect sqlite3.Connection sqlite3.dbapi2.connect"),
        Row(READ, "lists a directory", "os.listdir os.scandir os.walk os.fwalk glob.glob glob.iglob"),
        Row(READ, "lists a directory", "glob.glob0 glob.glob1 os.path.walk"),
        Row(READ, "looks at a file", "os.stat os.lstat os.access os.readlink os.statvfs os.pathconf"),
        Row(READ, "looks at a file", "os.path.exists os.path.lexists os.path.isfile os.path.isdir"),
        Row(READ, "looks at a file", "os.path.islink os.path.ismount os.path.getsize os.path.getmtime"),
        Row(READ, "looks at a file", "os.path.getatime os.path.getctime os.getxattr os.listxattr"),
        Row(READ, "looks at a file", "os.path.isjunction shutil.disk_usage"),
        Row(READ, "compares files", "os.path.samefile filecmp.cmp filecmp.cmpfiles filecmp.dircmp", (0, 1)),
        Row(WRITE, "removes a file", "os.remove os.unlink os.rmdir os.removedirs shutil.rmtree"),
        Row(WRITE, "moves a file", "os.rename os.renames os.replace", write_at=(0, 1)),
        Row(WRITE, "makes a directory", "os.mkdir os.makedirs"),
        Row(WRITE, "makes a file", "os.mknod os.mkfifo"),
        Row(WRITE, "makes a link", "os.link os.symlink", write_at=(1,)),
        Row(WRITE, "changes a file", "os.chmod os.lchmod os.chown os.lchown os.chflags os.lchflags os.utime"),
        Row(WRITE, "changes a file", "os.truncate os.setxattr os.removexattr shutil.chown"),
        Row(BOTH, "copies files", "shutil.copy shutil.copy2 shutil.copyfile shutil.copytree", write_at=(1,)),
        Row(BOTH, "copies a file's mode", "shutil.copymode shutil.copystat", write_at=(1,)),
        Row(BOTH, "moves files", "shutil.move", write_at=(0, 1)),
        Row(BOTH, "packs an archive", "shutil.make_archive", read_at=(2,)),
        Row(BOTH, "unpacks an archive", "shutil.unpack_archive", write_at=(1,)),
        Row(READ, "reads a file", "linecache.getline linecache.getlines tokenize.open netrc.netrc"),
        Row(READ, "reads a file", "logging.config.fileConfig xml.sax.parse"),
        Row(READ, "reads a file", "xml.etree.ElementTree.parse xml.etree.ElementTree.iterparse"),
        Row(READ, "reads a file", "xml.etree.cElementTree.parse xml.dom.minidom.parse xml.dom.pulldom.parse"),
        Row(READ, "reads a file", "runpy.run_path importlib.resources.read_text"),
        Row(READ, "reads files", "fileinput.input fileinput.FileInput"),
        Row(READ, "reads a file", "zipfile.is_zipfile tarfile.is_tarfile imghdr.what sndhdr.what"),
        Row(WRITE, "writes a log file", "logging.FileHandler logging.handlers.RotatingFileHandler"),
        Row(WRITE, "writes a log file", "logging.handlers.TimedRotatingFileHandler"),
        Row(WRITE, "writes a log file", "logging.handlers.WatchedFileHandler"),
        Row(BOTH, "opens a mailbox", "mailbox.mbox mailbox.Maildir mailbox.MH mailbox.Babyl mailbox.MMDF"),
        Row(BOTH, "compiles files", "py_compile.compile compileall.compile_dir compileall.compile_file"),
        Row(BOTH, "packs an archive", "zipapp.create_archive"),
        Row(READ, "reads a file", "pandas.read_csv pandas.read_table pandas.read_fwf pandas.read_excel"),
        Row(READ, "reads a file", "pandas.read_json pandas.read_parquet pandas.read_feather pandas.read_orc"),
        Row(READ, "reads a file", "pandas.read_pickle pandas.read_hdf pandas.read_html pandas.read_xml"),
        Row(READ, "reads a file", "pandas.read_stata pandas.read_sas pandas.read_spss pandas.ExcelFile"),
        Row(WRITE, "writes a file", "pandas.ExcelWriter"),
        Row(BOTH, "opens a file", "pandas.HDFStore", modal=1, default_mode="a"),
        Row(READ, "reads a file", "numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile numpy.fromregex"),
        Row(WRITE, "writes a file", "numpy.save numpy.savez numpy.savez_compressed numpy.savetxt"),
        Row(BOTH, "maps a file", "numpy.memmap", modal=2, default_mode="r+"),
        Row(READ, "reads a file", "PIL.Image.open openpyxl.load_workbook docx.Document"),
    )
)

PATH_METHODS: Final = by_name(
    (
        Row(BOTH, "opens a file", "open", modal=0),
        Row(READ, "reads a file", "read_text read_bytes"),
        Row(READ, "lists a directory", "iterdir glob rglob walk"),
        Row(
            READ, "looks at a file", "stat lstat exists is_file is_dir is_symlink is_mount is_socket is_fifo"
        ),
        Row(READ, "looks at a file", "is_block_device is_char_device is_junction owner group readlink"),
        Row(READ, "looks at a file", "samefile"),
        Row(WRITE, "writes a file", "write_text write_bytes touch"),
        Row(WRITE, "removes a file", "unlink rmdir"),
        Row(WRITE, "makes a directory", "mkdir"),
        Row(WRITE, "moves a file", "rename replace"),
        Row(WRITE, "changes a file", "chmod lchmod"),
        Row(WRITE, "makes a link", "symlink_to hardlink_to link_to"),
        Row(BOTH, "copies files", "copy copy_into move move_into"),
    )
)
"""Of values that are known to be paths."""

DISTINCTIVE: Final = by_name(
    (
        Row(READ, "reads a file", "read_text read_bytes"),
        Row(READ, "lists a directory", "iterdir glob rglob"),
        Row(WRITE, "writes a file", "write_text write_bytes touch"),
        Row(WRITE, "removes a file", "unlink rmdir"),
        Row(WRITE, "makes a directory", "mkdir"),
        Row(WRITE, "makes a link", "symlink_to hardlink_to"),
        Row(WRITE, "unpacks an archive", "extractall"),
        Row(WRITE, "writes a file", "to_excel to_parquet to_pickle to_feather to_hdf to_stata to_orc tofile"),
        Row(WRITE, "writes a file", "savefig"),
    )
)
"""Methods that say enough by their name alone."""

WITH_A_TARGET: Final = by_name(
    (Row(WRITE, "writes a file", "to_csv to_json to_html to_xml to_markdown to_latex to_string"),)
)
"""Methods that write a file when they are told which, and return a text otherwise."""

TREE_METHODS: Final = by_name((Row(WRITE, "writes a file", "write"), Row(READ, "reads a file", "parse")))
"""Of XML trees."""

AMBIGUOUS: Final = by_name(
    (
        Row(READ, "may look at a file", "exists is_file is_dir is_symlink stat lstat readlink resolve walk"),
        Row(BOTH, "may open a file", "open copy move"),
        Row(READ, "may read a file", "parse"),
        Row(WRITE, "may change a file", "rename replace chmod extract save dump"),
        Row(BOTH, "may write a file", "write"),
    )
)
"""Methods that files have and other things too: they neither ask for a permission nor speak against one."""

TARGETS: Final = ("path_or_buf", "path_or_buffer", "buf", "path")
PATH_KEYWORDS: Final = words(
    "file path filename name fileobj fname src dst source target filepath_or_buffer path_or_buf top"
)
MODE_KEYWORDS: Final = ("mode", "flag", "access_mode")
