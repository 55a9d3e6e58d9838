"""Small packages, as wheels in a folder that stands for the index."""

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel(
    folder: Path,
    name: str = "small",
    *,
    version: str = "1.0",
    tag: str = "py3-none-any",
    files: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Write a wheel, and return the line of a lock that pins it."""
    about = f"{name}-{version}.dist-info"
    whole = {
        f"{name}.py": f"value = {version!r}\n",
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    rows = [f"{path},{digest_of(text)},{len(text.encode())}" for path, text in whole.items()]
    record = "\n".join([*rows, f"{about}/RECORD,,"]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**whole, f"{about}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(member), text)
    return f"{name}=={version} --hash=sha256:{hash_of(path.read_bytes())}\n"


def digest_of(text: str) -> str:
    """The sha256 of a text as a RECORD has it."""
    raw = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(raw).decode().rstrip('=')}"
