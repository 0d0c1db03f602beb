"""The name of a GGUF file goes in; the file comes out of the Hugging Face Hub, whole and checked."""

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any, Final

from toolwright.errors import ModelError, UsageError
from toolwright.models.refusals import plain

KNOWN: Final = {"Qwen3-4B-Q4_K_M.gguf": "Qwen/Qwen3-4B-GGUF"}
"""Files that can be named alone, and the repositories that hold them."""
_NAME: Final = re.compile(r"([\w.-]+/[\w.-]+)/([\w.-]+\.gguf)")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_BLOCK: Final = 1 << 20
_A_GIGABYTE: Final = 10**9


def where_is(name: str) -> tuple[str, str]:
    """Return repository and file for `FILE.gguf` or `OWNER/REPOSITORY/FILE.gguf`.

    Raises:
        UsageError: it is neither.
    """
    if name in KNOWN:
        return KNOWN[name], name
    found = _NAME.fullmatch(name)
    if not found:
        example = f"python agent.py models pull {next(iter(KNOWN.values()))}/{next(iter(KNOWN))}"
        raise UsageError(
            f"{name!r} is no file that is known, and names no repository that holds it", hint=example
        )
    return found[1], found[2]


def pull(repository: str, file: str, folder: Path) -> Path:
    """Bring a file into the folder and return its path; one that is there already is only checked.

    What was brought before a break is kept and gone on with. Progress goes to stderr.

    Raises:
        ModelError: it cannot be had, or is not what the server says it is.
    """
    hub = _package()
    try:
        folder = folder.expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        return _bring(hub, repository, file, folder)
    except _errors(hub) as error:
        raise _problem(hub, error, repository, file, folder) from None


def _bring(hub: Any, repository: str, file: str, folder: Path) -> Path:
    from filelock import FileLock, Timeout

    url = hub.hf_hub_url(repository, file)
    said = hub.get_hf_file_metadata(url)
    path, part = folder / file, folder / f"{file}.{_plain_tag(said.etag)}.part"
    if path.exists():
        if not _is_whole(path, said):
            raise ModelError(
                "setup",
                f"{str(path)!r} is another file than that of {repository}",
                hint=f"mv {path} {path}.old",
            )
        return path
    try:
        with FileLock(f"{part}.lock", timeout=0), part.open("ab") as target:
            _check_room(folder, file, said.size, target.tell())
            # Not `hf_hub_download`: it begins anew where an earlier process was stopped.
            hub.file_download.http_get(
                url,
                target,
                resume_size=target.tell(),
                headers=hub.utils.build_hf_headers(),
                expected_size=said.size,
                displayed_filename=file,
            )
    except Timeout:
        raise ModelError(
            "setup", f"another process is bringing {file}", hint="wait until it is done"
        ) from None
    if not _is_whole(part, said):
        part.unlink()
        raise ModelError(
            "protocol",
            f"{file} arrived damaged: its checksum is not the one that the server gave",
            hint="run the same command again",
        )
    part.replace(path)
    Path(f"{part}.lock").unlink(missing_ok=True)
    return path


def _check_room(folder: Path, file: str, size: int | None, brought: int) -> None:
    """Look before the first byte is brought whether the disk has room for the last.

    Raises:
        ModelError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if size is None or size - brought <= free:
        return
    raise ModelError(
        "setup",
        f"{file} needs {_gigabytes(size - brought)} more, and {folder} has {_gigabytes(free)} free",
        hint="make room there, or set MODELS_DIR to another folder",
    )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= _A_GIGABYTE else f"{size / 1e6:.0f} MB"


def _plain_tag(etag: str | None) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", etag or "")[:16]


def _is_whole(path: Path, said: Any) -> bool:
    """Compare length and SHA-256 with what the server said; for files like these its tag is their SHA-256."""
    if said.size is not None and path.stat().st_size != said.size:
        return False
    if not _SHA256.fullmatch(said.etag or ""):
        return True
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return bool(digest.hexdigest() == said.etag)


def _errors(hub: Any) -> tuple[type[BaseException], ...]:
    import httpx2

    return (hub.errors.HfHubHTTPError, httpx2.HTTPError, hub.errors.FileMetadataError, OSError, ValueError)


def _problem(hub: Any, error: BaseException, repository: str, file: str, folder: Path) -> ModelError:
    import httpx2

    errors = hub.errors
    if isinstance(error, errors.GatedRepoError):
        hint = "accept its terms on the page of the repository, then set HF_TOKEN"
        return ModelError("auth", f"{repository} wants an account that accepted its terms", hint=hint)
    if isinstance(error, errors.RepositoryNotFoundError | errors.EntryNotFoundError):
        hint = "look the name up on the page of the repository: OWNER/REPOSITORY/FILE.gguf"
        return ModelError("model", f"there is no {file} in {repository}", hint=hint)
    if isinstance(error, errors.LocalEntryNotFoundError | httpx2.TransportError):
        hint = "run the same command again: what was brought is kept"
        return ModelError("network", f"{file} could not be brought ({plain(str(error))})", hint=hint)
    if isinstance(error, OSError) and not isinstance(error, errors.HfHubHTTPError):
        return ModelError("setup", f"cannot write to {folder} ({error.strerror})", hint="set MODELS_DIR")
    hint = "run the same command again later: what was brought is kept"
    return ModelError("server", f"{file} could not be brought ({plain(str(error))})", hint=hint)


def _package() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.errors
        import huggingface_hub.file_download
        import huggingface_hub.utils
    except ImportError as error:
        raise ModelError(
            "setup",
            f"the Python package {error.name or 'huggingface_hub'!r} is not installed",
            hint="pip install 'toolwright[local]'",
        ) from error
    return huggingface_hub
