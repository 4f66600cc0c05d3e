"""What operators are told about settings is true of the settings."""

import re
import runpy
from pathlib import Path

from campaign.core.deadlines import REQUEST_SECONDS

ROOT = Path(__file__).resolve().parents[2]


def read_names(path: str, pattern: str) -> list[str]:
    return sorted(re.findall(pattern, (ROOT / path).read_text(), re.MULTILINE))


def test_every_setting_is_in_the_operators_table_and_in_the_example() -> None:
    settings = sorted(set(read_names("campaign/settings.py", r"\b(?:env\.\w+|_read_\w+)\(\s*\"(\w+)\"")))
    assert read_names("docs/operators.md", r"^\| `([A-Z_]+)` \|") == settings
    assert read_names(".env.example", r"^(?:# )?([A-Z_]+)=") == settings


def read_nginx() -> list[str]:
    """The directives of the example in the operators' page, without comments."""
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs/operators.md").read_text(), re.DOTALL)
    assert found is not None
    return [line.split(" #")[0].strip() for line in found[1].splitlines() if not line.strip().startswith("#")]


def test_the_proxy_of_the_operators_page_tells_host_scheme_and_the_address_that_it_sees() -> None:
    told = [line.removeprefix("proxy_set_header ") for line in read_nginx() if line.startswith("proxy_set_header")]
    assert told == ["Host $host;", "X-Forwarded-Proto $scheme;", "X-Forwarded-For $remote_addr;"]


def test_the_proxy_of_the_operators_page_waits_for_whole_requests_and_keeps_nothing() -> None:
    directives = set(read_nginx())
    assert directives >= {
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "proxy_max_temp_file_size 0;",
        "client_max_body_size 2m;",
        "client_body_buffer_size 2m;",
        "client_header_timeout 30s;",
        "client_body_timeout 30s;",
        "access_log /var/log/nginx/parley.log parley;",
    }
    (log_format,) = (line for line in directives if line.startswith("log_format parley "))
    assert not re.search(r"\$(remote_addr|request|request_uri|uri|args|http_\w+)\b", log_format)


def test_what_the_operators_page_says_of_the_web_server_is_what_its_file_says() -> None:
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert f"proxy_pass http://{settings['bind']};" in read_nginx()
    assert (settings["workers"], settings["threads"]) == (2, 8)
    page = " ".join((ROOT / "docs/operators.md").read_text().split())
    assert f"two processes of eight threads on `{settings['bind']}`" in page
    assert f"a request has to arrive within {REQUEST_SECONDS:.0f} seconds" in page


def test_the_house_prints_the_contract_that_is_held() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    (contract,) = re.findall(
        r'^\[\[tool\.importlinter\.contracts\]\]\nname = "Inside letters.*?^\]\n', project, re.MULTILINE | re.DOTALL
    )
    (shown,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs/house.md").read_text(), re.MULTILINE | re.DOTALL)
    assert shown == contract


def test_every_package_of_letters_has_a_line_of_purpose() -> None:
    packages = {path.parent.name for path in ROOT.glob("letters/*/__init__.py")} - {
        "management",
        "migrations",
        "templatetags",
    }
    told = read_names("docs/house.md", r"^- \*\*`letters/(\w+)/`\*\*")
    assert told == sorted(packages)
