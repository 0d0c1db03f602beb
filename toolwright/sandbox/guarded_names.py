"""Names that no tool may make, and what it sees of those that are there: a name in, how it is guarded out.

`hidden` things hold secrets or belong to the program: a tool finds an empty file or folder in their place.
`kept` things are run by the user's other programs, shells and editors: a tool can read but not change them.
"""

from typing import Final, Literal, TypeAlias

Guard: TypeAlias = Literal["hidden", "kept"]

_HIDDEN_NAMES: Final = """
.git .toolwright
.ssh .gnupg .aws .azure .kube .docker .oci .terraform.d .vault-token .password-store .netrc .pgpass .my.cnf
.mylogin.cnf .git-credentials .pypirc .npmrc .yarnrc.yml .s3cfg .boto .authinfo .authinfo.gpg
.bash_history .zsh_history .python_history .node_repl_history .psql_history .mozilla .thunderbird
.config/gcloud .config/gh .config/op .config/google-chrome .config/chromium .local/share/keyrings
"""
_KEPT_NAMES: Final = """
.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .login .logout .cshrc .tcshrc .kshrc
.zshrc .zshenv .zprofile .zlogin .zlogout .inputrc .xinitrc .xprofile .xsession .pam_environment
.gitconfig .gitmodules .gitattributes .hg .hgrc .svn .vimrc .exrc .nvimrc .emacs .emacs.d .vscode .idea
.mcp.json .pythonrc .pdbrc .gdbinit .lldbinit .pre-commit-config.yaml .gitlab-ci.yml .github .husky
pyproject.toml toolwright.toml uv.toml uv.lock .python-version
.local/bin .config/fish .config/git .config/autostart .config/systemd .config/environment.d
"""
HIDDEN: Final = frozenset(_HIDDEN_NAMES.split())
KEPT: Final = frozenset(_KEPT_NAMES.split())
_HIDDEN_BEGINNINGS: Final = (".env",)
PACKAGES: Final = "node_modules"
"""A folder of installed packages, as is each one that holds a file of the next name: never looked through."""

VENV_MARK: Final = "pyvenv.cfg"

_INNER: Final = frozenset(name.rpartition("/")[2] for name in HIDDEN | KEPT if "/" in name)
_PLAIN: Final = _INNER | {name for name in HIDDEN | KEPT if name[:1] != "."}
"""The names that do not begin with a dot: of all others nothing has to be looked up."""


def may_be_guarded(name: str) -> bool:
    """Whether `guard` must be asked about a name; it is asked about few of many thousands."""
    return name[0] == "." or name.lower() in _PLAIN


def guard(name: str, folder: str) -> Guard | None:
    """Say how an entry is guarded; `folder` is the path it stands in. Case does not matter."""
    name = name.lower()
    if name[:1] != "." and name not in _PLAIN:
        return None
    if name in HIDDEN or name.startswith(_HIDDEN_BEGINNINGS):
        return "hidden"
    if name in KEPT:
        return "kept"
    if name in _INNER:
        return _guard_inner(name, folder)
    return None


def is_secret(path: str) -> bool:
    """Whether a path is, or lies in, something hidden by its name."""
    folder = ""
    for name in path.split("/"):
        if guard(name, folder) == "hidden":
            return True
        folder = f"{folder}/{name}"
    return False


def _guard_inner(name: str, folder: str) -> Guard | None:
    """Names of two and three parts, such as `.config/gcloud`, are told by what their folder is called."""
    for depth in (1, 2):
        whole = "/".join([*folder.lower().split("/")[-depth:], name])
        if whole in HIDDEN:
            return "hidden"
        if whole in KEPT:
            return "kept"
    return None
