"""Device names from User-Agent headers: browser and operating system, without versions."""

import pytest

from gateway.user_agents import device_of

AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
    " Edg/140.0": "Edge, Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0"
    " Mobile/15E148 Safari/604.1": "Safari, iPhone",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile"
    " Safari/537.36": "Chrome, Android",
    "python-requests/2.33": "",
    "": "",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_device_is_named_by_browser_and_system(agent: str) -> None:
    assert device_of(agent) == AGENTS[agent]
