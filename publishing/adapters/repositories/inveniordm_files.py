"""Files of a draft at InvenioRDM, brought to where they are wanted by looking first.

A file there is absent, pending or completed. Content that is sent to a completed one destroys it,
so that is never done: it is deleted and begun anew.
"""

from urllib.parse import quote

from lib import store
from publishing.adapters.repositories.bodies import BYTES, Body, json_body
from publishing.adapters.repositories.transport import Answer, Transport
from publishing.domain.inveniordm_answers import file_of, files_of
from publishing.domain.remote import RemoteFile, WantedFile
from publishing.errors import LostBytesError, NotAnsweringError, RefusedError


class Files:
    """The files of one draft.

    Attributes:
        path: of the draft, such as ``/api/records/1/draft``.
    """

    def __init__(self, transport: Transport, path: str) -> None:
        self._transport = transport
        self.path = path

    def all(self) -> tuple[RemoteFile, ...]:
        """All of them as they are now; none when the draft is gone."""
        found = self._transport.send("GET", f"{self.path}/files", expect=(404,))
        return () if found.status == 404 else files_of(found.content)  # noqa: PLR2004 -- HTTP

    def bring(self, wanted: WantedFile, there: RemoteFile | None) -> RemoteFile:
        """Bring one file there, from whatever state it was left in.

        Args:
            wanted: what shall be there; its bytes are streamed from the store.
            there: what was just seen of it; None when it is absent.

        Returns:
            What the repository says of it afterwards; whether that is what was sent, is for the
            caller to compare: the repository does not.
        """
        if there is not None and there.complete:
            if (there.size, there.md5) == (wanted.size, wanted.md5):
                return there
            self.drop(wanted.name)
            there = None
        body = _bytes_of(wanted)
        if there is None:
            self._begin(wanted.name)
        self._put(wanted.name, body)
        return file_of(self._of(wanted.name, "POST", "commit").content)

    def drop(self, name: str) -> None:
        """Take a file away; nothing happens when there is none."""
        self._of(name, "DELETE", expect=(404,))

    def take_over(self) -> None:
        """Have the files of the version before, as far as it has any that may be taken over."""
        self._transport.send("POST", f"{self.path}/actions/files-import", expect=(400, 403, 404))

    def _begin(self, name: str) -> None:
        """Begin a file; that it is begun already is as good, unless it is completed meanwhile."""
        try:
            self._transport.send("POST", f"{self.path}/files", json_body([{"key": name}]))
        except RefusedError:
            there = file_of(self._of(name, "GET").content)
            if there.complete:
                raise NotAnsweringError(
                    f"The file {name} was completed meanwhile by somebody else.", wait=1.0
                ) from None
            if there.name != name:
                raise

    def _put(self, name: str, body: Body) -> None:
        answer = self._of(name, "PUT", "content", body=body)
        errors = answer.content.get("errors") if isinstance(answer.content, dict) else None
        if errors:
            # Said with 200, when the file was completed by somebody else a moment ago.
            raise NotAnsweringError(f"The bytes of {name} were not taken: look again.", wait=1.0)

    def _of(
        self,
        name: str,
        method: str,
        what: str = "",
        *,
        body: Body | None = None,
        expect: tuple[int, ...] = (),
    ) -> Answer:
        path = f"{self.path}/files/{quote(name, safe='')}"
        return self._transport.send(method, f"{path}/{what}".rstrip("/"), body, expect=expect)


def _bytes_of(wanted: WantedFile) -> Body:
    size = store.size_of(wanted.sha256)
    if size != wanted.size:
        raise LostBytesError(
            f"The store no longer has the bytes of {wanted.name} ({wanted.sha256}): try again, and "
            "they are packed anew."
        )
    words = f"{wanted.size} bytes of {wanted.name}, md5 {wanted.md5}"
    return Body(BYTES, wanted.size, lambda: store.chunks(wanted.sha256), words)
