"""Requests and durable submissions per second, as ratios to a bare ASGI app and an empty FastAPI endpoint.

One server process and one wrk process share the machine's cores; the servers are measured in turn, round by
round, so that a drift of the machine's speed meets all alike. Every submission carries its own idempotency
key and is answered after its commit (SQLite: WAL, synchronous=FULL).
"""

import http.client
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from benchmarks.processes import cpu_seconds, demo, median, peer, table

CLIENTS, SECONDS, ROUNDS, SURVEYS = 16, 3, 5, 400

POST_SCRIPT = """
math.randomseed(os.time() + {seed})
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
{compression}
local before, after = [[{before}]], [[{after}]]
request = function()
  local key = string.format("%08x%08x%08x%08x", math.random(0, 2^31), math.random(0, 2^31), math.random(0, 2^31), math.random(0, 2^31))
  return wrk.format(nil, nil, nil, before .. key .. after)
end
"""


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("the web benchmark needs wrk (Debian package wrk)")
    with (
        tempfile.TemporaryDirectory() as name,
        demo(Path(name)) as (links, pid),
        peer("bare") as (bare, _),
        peer("empty") as (empty, _),
    ):
        measure(Path(name), links["participant_url"], pid, bare, empty)


def measure(folder: Path, consent: str, pid: int, bare: str, empty: str) -> None:
    form = Form.fetch(consent)
    begin, send = form.begin_body(), form.answers_body()
    loads = {
        "bare ASGI, GET /": (bare, None, 0),
        "empty async FastAPI, GET /": (empty, None, 0),
        "empty async FastAPI, POST / with the same body": (empty, script(folder, "empty", *send), len("".join(send)) + 32),
        "consent page, GET /s/…": (consent, None, 0),
        "item page, POST /s/…/questions": (form.begin_url, script(folder, "begin", begin, "", key=False), len(begin)),
        "item page with gzip, POST /s/…/questions": (
            form.begin_url, script(folder, "gzip", begin, "", key=False, gzip=True), len(begin),
        ),
        "durable submission, POST /s/…/answers": (form.answers_url, script(folder, "send", *send), len("".join(send)) + 32),
    }  # fmt: skip
    rates: dict[str, list[float]] = {name: [] for name in loads}
    for _ in range(ROUNDS):
        for name, (address, lua, _) in loads.items():
            rates[name].append(requests_per_second(address, lua))
    floor, fastapi = median(rates["bare ASGI, GET /"]), median(rates["empty async FastAPI, GET /"])
    rows = [("", "body, B", "a second", "to bare ASGI", "to empty FastAPI")]
    for name, (_, _, size) in loads.items():
        rate = median(rates[name])
        rows.append((name, str(size), f"{rate:,.0f}", f"{rate / floor:.2f}", f"{rate / fastapi:.2f}"))
    table(
        f"Web: {CLIENTS} clients, {SECONDS} s a run, median of {ROUNDS} interleaved rounds, SQLite synchronous=FULL",
        rows,
    )
    milliseconds = cpu_of_complete_surveys(form, consent, pid)
    table(
        f"Server CPU of one complete survey (consent, item page, submission, thanks; {SURVEYS} surveys)",
        [("", "ms", "limit 6 ms"), ("impact", f"{milliseconds:.2f}", f"{milliseconds / 6:.2f}")],
    )


def requests_per_second(address: str, lua: Path | None) -> float:
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", *(["-s", str(lua)] if lua else []), address]
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    if errors:
        raise RuntimeError(f"{address}: {errors[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])


def script(folder: Path, name: str, before: str, after: str, *, key: bool = True, gzip: bool = False) -> Path:
    path = folder / f"{name}.lua"
    compression = 'wrk.headers["Accept-Encoding"] = "gzip"' if gzip else ""
    if key:
        text = POST_SCRIPT.format(seed=len(name), before=before, after=after, compression=compression)
    else:
        text = (
            f'wrk.method = "POST"\nwrk.body = [[{before}]]\n{compression}\n'
            'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
        )
    path.write_text(text)
    return path


def cpu_of_complete_surveys(form: "Form", consent: str, pid: int) -> float:
    parts = urlsplit(consent)
    line = http.client.HTTPConnection(parts.hostname, parts.port)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip"}
    before, after = form.answers_body()

    def survey(number: int) -> None:
        fetch(line, "GET", consent, None, {"Accept-Encoding": "gzip"})
        fetch(line, "POST", form.begin_url, form.begin_body(), headers)
        location = fetch(line, "POST", form.answers_url, f"{before}{number:032x}{after}", headers)
        fetch(line, "GET", urljoin(form.answers_url, location), None, {"Accept-Encoding": "gzip"})

    for number in range(50):
        survey(number)
    began = cpu_seconds(pid)
    for number in range(50, 50 + SURVEYS):
        survey(number)
    return (cpu_seconds(pid) - began) / SURVEYS * 1000


def fetch(
    line: http.client.HTTPConnection, method: str, address: str, body: str | None, headers: dict[str, str]
) -> str:
    parts = urlsplit(address)
    line.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
    answer = line.getresponse()
    answer.read()
    assert answer.status in (200, 303), (method, address, answer.status)
    return answer.getheader("Location") or ""


class Form(HTMLParser):
    """Fills a form as a person would: the first option of everything that can be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._select = ""

    @classmethod
    def fetch(cls, consent: str) -> "Form":
        parts = urlsplit(consent)
        line = http.client.HTTPConnection(parts.hostname, parts.port)
        first, second = cls(), cls()
        line.request("GET", parts.path)
        first.feed(line.getresponse().read().decode())
        second.consent_fields = dict(first.fields)
        second.begin_url = urljoin(consent, first.action)
        line.request(
            "POST",
            urlsplit(second.begin_url).path,
            second.begin_body(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        second.feed(line.getresponse().read().decode())
        second.answers_url = urljoin(second.begin_url, second.action)
        line.close()
        return second

    consent_fields: dict[str, str]
    begin_url: str
    answers_url: str

    def begin_body(self) -> str:
        return urlencode(self.consent_fields)

    def answers_body(self) -> tuple[str, str]:
        """The body before and after the idempotency key."""
        marked = urlencode({**self.fields, "key": "KEY"})
        before, after = marked.split("key=KEY")
        return before + "key=", after

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.action = given["action"] or ""
        name, value = given.get("name"), given.get("value")
        if tag == "select":
            self._select = name or ""
        elif tag == "option" and self._select and value and self._select not in self.fields:
            self.fields[self._select] = value
        elif tag == "input" and name and value is not None and given.get("type") in ("hidden", "radio"):
            self.fields.setdefault(name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
