"""The transport: what is sent where, what every answer means, and that no secret gets out."""

import logging
import traceback
from dataclasses import replace

import pytest
import requests
import responses
from requests import exceptions as failed
from urllib3.exceptions import MaxRetryError, NewConnectionError

from publishing.adapters.repositories import wire
from publishing.adapters.repositories.answers import seconds_to_wait
from publishing.adapters.repositories.bodies import BYTES, Body, form_body, json_body
from publishing.adapters.repositories.http import HttpTransport, probe
from publishing.adapters.repositories.transport import Answer
from publishing.domain.inveniordm_answers import faults_of
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind
from publishing.errors import MisconfiguredError, NotAnsweringError, RefusedError, TokenError
from tests.publishing.repositories.fake_talk import Answer as Said

TOKEN = "s3cret-token-of-the-operator"
HERE = "https://repository.example.org"
HTML = "<html><head><title>502 Bad Gateway</title></head></html>"


class Counting:
    """A gate that counts."""

    def __init__(self) -> None:
        self.taken, self.closed = 0, []

    def take(self) -> None:
        self.taken += 1

    def close(self, seconds: float) -> None:
        self.closed.append(seconds)


@pytest.fixture
def operator(monkeypatch):
    """What the operator wrote, with the token in the environment."""
    monkeypatch.setenv("ZENODO_TOKEN", TOKEN)
    return RepositorySettings(
        "zenodo", Kind.INVENIORDM, HERE, production=True, prefix="10.5281",
        token_env="ZENODO_TOKEN",  # noqa: S106 -- the name of a variable
    )  # fmt: skip


@pytest.fixture
def told():
    return []


@pytest.fixture
def gate():
    return Counting()


@pytest.fixture
def transport(operator, told, gate):
    return HttpTransport(
        operator, gate=gate, told=lambda *words: told.append(words), faults=faults_of
    )


@pytest.fixture
def web():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


def raised(transport, method: str = "GET", target: str = "/api/x", **more):
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- which one is what the test asks
        transport.send(method, target, **more)
    return caught.value


def test_the_token_goes_into_one_header(web, transport) -> None:
    web.get(f"{HERE}/api/x", json={"id": "1"})
    assert transport.send("GET", "/api/x?size=1").content == {"id": "1"}
    sent = web.calls[0].request
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"
    assert sent.url == f"{HERE}/api/x?size=1"


def test_every_request_takes_a_place_and_is_told(web, transport, gate, told) -> None:
    web.get(f"{HERE}/api/x", json={})
    web.get(f"{HERE}/api/y", status=404, json={"message": "Nothing here."})
    transport.send("GET", "/api/x?q=some-words")
    transport.send("GET", "/api/y", expect=(404,))
    assert gate.taken == 2
    assert told == [("GET", "/api/x", 200, ""), ("GET", "/api/y", 404, "Nothing here.")]


# Where a token may go


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.org/api/x",
        "http://repository.example.org/api/x",
        "https://repository.example.org:8443/api/x",
        "https://repository.example.org@evil.example.org/api/x",
        "https://repository.example.org\\@evil.example.org/api/x",
        "https://evil.example.org\t/api/x",
        "file:///etc/passwd",
        "https://[::1/",
    ],
)
def test_links_to_other_hosts_are_refused(web, transport, link) -> None:
    assert isinstance(raised(transport, target=link), MisconfiguredError)
    assert len(web.calls) == 0


def test_links_on_the_same_host_are_followed(web, transport) -> None:
    web.get(f"{HERE}:443/api/x", json={"id": "1"})
    assert transport.send("GET", f"{HERE}:443/api/x").status == 200


def test_redirects_to_other_hosts_are_refused(web, transport) -> None:
    web.get(f"{HERE}/api/x", status=302, headers={"Location": "https://evil.example.org/"})
    assert isinstance(raised(transport), MisconfiguredError)
    assert len(web.calls) == 1


def test_redirects_on_the_same_host_are_followed_when_reading(web, transport) -> None:
    web.get(f"{HERE}/api/x", status=302, headers={"Location": "/api/y"})
    web.get(f"{HERE}/api/y", json={"id": "2"})
    assert transport.send("GET", "/api/x").content == {"id": "2"}


def test_redirects_in_a_circle_end(web, transport) -> None:
    web.get(f"{HERE}/api/x", status=302, headers={"Location": "/api/x"})
    assert isinstance(raised(transport), MisconfiguredError)


def test_nothing_is_sent_twice_because_of_a_redirect(web, transport) -> None:
    web.post(f"{HERE}/api/x", status=307, headers={"Location": "/api/y"})
    web.post(f"{HERE}/api/y", json={})
    assert isinstance(raised(transport, "POST"), MisconfiguredError)
    assert len(web.calls) == 1


def test_a_netrc_does_not_take_the_place_of_the_token(web, transport, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine repository.example.org login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    web.get(f"{HERE}/api/x", json={})
    transport.send("GET", "/api/x")
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_cookies_are_not_kept(web, transport) -> None:
    web.get(f"{HERE}/api/x", json={}, headers={"Set-Cookie": "session=1"})
    transport.send("GET", "/api/x")
    transport.send("GET", "/api/x")
    assert "Cookie" not in web.calls[1].request.headers


def test_a_resolver_is_asked_without_a_token(web) -> None:
    web.head("https://doi.org/10.5281/zenodo.1", status=302,
             headers={"Location": "https://zenodo.org/records/1"})  # fmt: skip
    assert probe("https://doi.org/10.5281/zenodo.1") == 302
    assert "Authorization" not in web.calls[0].request.headers


def test_a_resolver_that_moves_within_its_host_is_followed(web) -> None:
    web.head("https://doi.org/10.5281/zenodo.1", status=301,
             headers={"Location": "https://doi.org/doi/10.5281/zenodo.1"})  # fmt: skip
    web.head("https://doi.org/doi/10.5281/zenodo.1", status=404)
    assert probe("https://doi.org/10.5281/zenodo.1") == 404


# What answers mean


def test_faults_are_told_by_our_fields_in_both_shapes(web, transport) -> None:
    errors = [
        {"field": "metadata.title", "messages": ["Too short.", "Too dull."]},
        {"field": "metadata.related_identifiers.2.scheme", "message": "Invalid scheme."},
    ]
    web.post(f"{HERE}/api/x", status=400, json={"message": "Not valid.", "errors": errors})
    error = raised(transport, "POST")
    assert isinstance(error, RefusedError)
    assert error.errors == {"title": "Too short. Too dull.", "related.2": "Invalid scheme."}


@pytest.mark.parametrize("status", [401, 403])
def test_tokens_that_are_not_accepted(web, transport, status) -> None:
    web.get(f"{HERE}/api/x", status=status, json={"message": "Permission denied."})
    assert isinstance(raised(transport), TokenError)


def test_locked_files_are_no_matter_of_the_token(web, transport) -> None:
    web.put(f"{HERE}/api/x", status=403, json={"message": "Bucket is locked for modifications."})
    assert isinstance(raised(transport, "PUT"), RefusedError)


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", [HTML, "", "null", '"gone"'])
def test_an_absence_that_the_repository_did_not_tell_itself_is_not_believed(
    web, transport, status, body
) -> None:
    """Else a page of a gateway would lead to a second draft."""
    web.get(f"{HERE}/api/x", status=status, body=body)
    assert isinstance(raised(transport, expect=(404, 410)), NotAnsweringError)


@pytest.mark.parametrize(
    ("status", "doubtful"),
    [(500, True), (502, True), (503, True), (504, True), (409, True), (429, False)],
)
def test_what_may_go_well_later(web, transport, status, doubtful) -> None:
    web.post(f"{HERE}/api/x", status=status, body=HTML)
    error = raised(transport, "POST")
    assert isinstance(error, NotAnsweringError)
    assert error.is_doubtful is doubtful
    assert error.detail == f"zenodo, POST /api/x was answered by {status}: 502 Bad Gateway"


def test_a_page_with_status_200_is_no_answer(web, transport) -> None:
    web.post(f"{HERE}/api/x", status=200, body="<html><title>Please log in</title></html>")
    error = raised(transport, "POST")
    assert isinstance(error, NotAnsweringError)
    assert error.is_doubtful


@pytest.mark.parametrize("status", [405, 406, 415])
def test_what_is_not_understood_there_is_for_the_operator(web, transport, status) -> None:
    web.post(f"{HERE}/api/x", status=status, json={"message": "Not so."})
    assert isinstance(raised(transport, "POST"), MisconfiguredError)


def test_a_strangers_words_are_one_short_printable_line(web, transport, told) -> None:
    web.get(f"{HERE}/api/x", status=500, json={"message": "a\x1b[31m\nb" + "c" * 1000})
    raised(transport)
    assert told[0][3].startswith("a [31m b")
    assert len(told[0][3]) == 300


def test_an_answer_without_end_is_cut_off(web, transport, monkeypatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_BYTES", 10)
    web.get(f"{HERE}/api/x", body="[" + " " * 100 + "]")
    assert isinstance(raised(transport), NotAnsweringError)


def test_json_that_is_nested_without_end_is_no_answer(web, transport) -> None:
    web.get(f"{HERE}/api/x", body="[" * 200_000)
    assert isinstance(raised(transport), NotAnsweringError)


# When there is no answer


@pytest.mark.parametrize(
    ("fault", "doubtful"),
    [
        (failed.ConnectTimeout(), False),
        (failed.ConnectionError(MaxRetryError(None, "", NewConnectionError(None, "no"))), False),
        (failed.ConnectionError("cut"), True),
        (failed.ReadTimeout(), True),
        (failed.ChunkedEncodingError(), True),
        (failed.SSLError("EOF occurred"), True),
    ],
)
def test_what_was_surely_not_sent_is_told_from_what_may_have_been(
    web, transport, told, fault, doubtful
) -> None:
    web.post(f"{HERE}/api/x", body=fault)
    error = raised(transport, "POST")
    assert isinstance(error, NotAnsweringError)
    assert error.is_doubtful is doubtful
    assert told[0][:3] == ("POST", "/api/x", None)


def test_a_certificate_that_is_not_trusted_gets_no_better_by_waiting(web, transport) -> None:
    web.get(f"{HERE}/api/x", body=failed.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))
    assert isinstance(raised(transport), MisconfiguredError)


def test_nobody_listens(operator, socket_enabled) -> None:
    there = HttpTransport(replace(operator, url="http://127.0.0.1:9"))
    error = raised(there, "POST")
    assert isinstance(error, NotAnsweringError)
    assert not error.is_doubtful


# Pauses


def answered(status: int, **headers: str) -> Answer:
    return Answer(status, headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (answered(429, retry_after="17"), 17.0),
        (answered(503, retry_after="17"), 17.0),
        (answered(429, retry_after="Thu, 01 Jan 1970 00:17:10 GMT"), 30.0),
        (answered(429, x_ratelimit_reset="1025"), 25.0),
        (answered(429, retry_after="17", x_ratelimit_reset="1025"), 17.0),
        (answered(429), 60.0),
        (answered(429, retry_after="soon"), 60.0),
        (answered(429, retry_after="nan"), 60.0),
        (answered(429, retry_after="-5"), 1.0),
        (answered(429, retry_after="999999999"), 3600.0),
        (answered(500, retry_after="17"), 5.0),
    ],
)
def test_how_long_to_wait(answer, seconds) -> None:
    assert seconds_to_wait(answer, now=1000.0) == seconds


def test_a_pause_closes_the_gate_for_everybody(web, transport, gate) -> None:
    web.get(f"{HERE}/api/x", status=429, headers={"Retry-After": "17"}, json={})
    assert raised(transport).wait == 17.0
    assert gate.closed == [17.0]


def test_retry_after_on_a_success_means_nothing(web, transport, gate) -> None:
    web.get(f"{HERE}/api/x", headers={"Retry-After": "60", "X-RateLimit-Reset": "9999999999"},
            json={})  # fmt: skip
    transport.send("GET", "/api/x")
    assert gate.closed == []


# Secrets


def everywhere(error: BaseException) -> str:
    """All that a log, a page or a debugger would show of an error."""
    shown = []
    while error is not None:
        shown += [repr(error), str(vars(error)), "".join(traceback.format_exception(error))]
        error = error.__cause__ or error.__context__
    return " ".join(shown)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 400, "json": {"message": f"bad {TOKEN}", "errors": [
            {"field": TOKEN, "message": TOKEN}]}},
        {"status": 403, "json": {"message": f"no {TOKEN}"}},
        {"status": 500, "body": f"<title>{TOKEN}</title>"},
        {"status": 418, "json": {"message": TOKEN}},
        {"status": 302, "headers": {"Location": f"https://evil.example.org/{TOKEN}"}},
        {"body": failed.ConnectionError(f"Authorization: Bearer {TOKEN}")},
        {"body": failed.InvalidHeader(f"Bearer {TOKEN}")},
        {"body": failed.ReadTimeout(TOKEN)},
    ],
)  # fmt: skip
def test_the_token_gets_nowhere_whatever_happens(web, transport, told, caplog, answer) -> None:
    caplog.set_level(logging.DEBUG)
    web.post(f"{HERE}/api/x", **answer)
    error = raised(transport, "POST", body=json_body({"a": 1}))
    assert TOKEN not in everywhere(error)
    assert TOKEN not in str(told)
    assert TOKEN not in caplog.text
    assert error.__cause__ is error.__context__ is None
    assert TOKEN not in web.calls[0].request.url


def test_the_token_is_in_no_settings(operator, transport) -> None:
    assert TOKEN not in repr(operator)
    assert TOKEN not in str(vars(transport))


def test_there_is_no_token(web, transport, monkeypatch) -> None:
    monkeypatch.delenv("ZENODO_TOKEN")
    error = raised(transport)
    assert isinstance(error, TokenError)
    assert error.detail == (
        "There is no token for zenodo: put it into the environment variable ZENODO_TOKEN."
    )
    assert len(web.calls) == 0


@pytest.mark.parametrize("text", ["two words", "a\nHost: evil.example.org", "häufig"])
def test_what_is_no_token_is_not_sent_and_not_repeated(web, transport, monkeypatch, text) -> None:
    monkeypatch.setenv("ZENODO_TOKEN", text)
    error = raised(transport)
    assert isinstance(error, TokenError)
    assert text not in everywhere(error)
    assert len(web.calls) == 0


def test_a_token_file_that_cannot_be_read(operator, tmp_path) -> None:
    there = HttpTransport(replace(operator, token_env="", token_file=str(tmp_path / "none")))
    error = raised(there)
    assert isinstance(error, TokenError)
    assert error.detail.endswith("which cannot be read: No such file or directory.")


# Bodies


def test_bytes_are_streamed_with_their_length(server, operator) -> None:
    there = HttpTransport(replace(operator, url=server.url))
    seen = []
    server.fake.answer = lambda request: seen.append(request) or Said(200, {})
    body = Body(BYTES, 6, lambda: iter([b"abc", b"def"]))
    there.send("PUT", "/api/x", body)
    assert seen[0].body == b"abcdef"
    assert seen[0].headers["content-length"] == "6"
    assert seen[0].headers["content-type"] == BYTES


def test_a_form_holds_fields_and_one_file() -> None:
    crate = Body("application/zip", 5, lambda: iter([b"bytes"]))
    form = form_body({"ids[]": ["1", "2"], "name": "x"}, "crate", 'a"b\r\n.zip', crate)
    sent = requests.Request("POST", HERE, data=form, headers={"Content-Type": form.media_type})
    text = b"".join(form).decode()
    mark = form.media_type.partition("boundary=")[2]
    assert len(text) == form.size == int(sent.prepare().headers["Content-Length"])
    assert text.replace(mark, "M") == (
        '--M\r\nContent-Disposition: form-data; name="ids[]"\r\n\r\n1\r\n'
        '--M\r\nContent-Disposition: form-data; name="ids[]"\r\n\r\n2\r\n'
        '--M\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n'
        '--M\r\nContent-Disposition: form-data; name="crate"; filename="a%22b%0D%0A.zip"\r\n'
        "Content-Type: application/zip\r\n\r\nbytes\r\n--M--\r\n"
    )
