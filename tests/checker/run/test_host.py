"""firewall-cmd and systemctl in a world: the texts of firewalld 1.3.3 and systemd 252."""

from __future__ import annotations

import pytest

from hullcheck.run.world import World

RUNNING = [
    ("firewall-cmd --state", "running\n", "", 0),
    ("firewall-cmd --list-ports", "\n", "", 0),
    ("firewall-cmd --add-port=3306/tcp", "success\n", "", 0),
    ("firewall-cmd --add-port=3306/tcp", "success\n", "Warning: ALREADY_ENABLED: '3306:tcp' already in 'public'\n", 0),
    ("firewall-cmd --query-port=3306/tcp", "yes\n", "", 0),
    ("firewall-cmd --query-port=99/tcp", "no\n", "", 1),
    ("firewall-cmd --permanent --list-ports", "\n", "", 0),
    ("firewall-cmd --remove-port=3306/tcp", "success\n", "", 0),
    ("firewall-cmd --remove-port=3306/tcp", "success\n", "Warning: NOT_ENABLED: '3306:tcp' not in 'public'\n", 0),
    ("firewall-cmd --permanent --add-port=3306/tcp", "success\n", "", 0),
    ("firewall-cmd --permanent --add-port=3306/tcp", "success\n", "Warning: ALREADY_ENABLED: 3306:tcp\n", 0),
    ("firewall-cmd --list-ports", "\n", "", 0),
    ("firewall-cmd --reload", "success\n", "", 0),
    ("firewall-cmd --list-ports", "3306/tcp\n", "", 0),
    ("firewall-cmd --add-port=80/tcp --add-port=443/udp", "success\n", "", 0),
    ("firewall-cmd --list-ports", "80/tcp 443/udp 3306/tcp\n", "", 0),
    ("firewall-cmd --add-port=99999/tcp", "", "Error: INVALID_PORT: 99999\n", 102),
    ("firewall-cmd --add-port=bogus/tcp", "", "Error: INVALID_PORT: bogus\n", 102),
    (
        "firewall-cmd --add-port=80",
        "",
        "Error: INVALID_PORT: bad port (most likely missing protocol), correct syntax is portid[-portid]/protocol\n",
        102,
    ),
    ("firewall-cmd --add-port=80/foo", "", "Error: INVALID_PROTOCOL: 'foo' not in {'tcp'|'udp'|'sctp'|'dccp'}\n", 103),
    ("systemctl is-active firewalld", "active\n", "", 0),
    ("systemctl restart firewalld", "", "", 0),
    ("firewall-cmd --list-ports", "3306/tcp\n", "", 0),
    ("systemctl stop firewalld", "", "", 0),
    ("systemctl is-active firewalld", "inactive\n", "", 3),
    ("firewall-cmd --permanent --add-port=80/tcp", "", "FirewallD is not running\n", 252),
    ("firewall-cmd --state", "", "not running\n", 252),
    ("systemctl reload firewalld", "", "firewalld.service is not active, cannot reload.\n", 1),
]


def test_texts() -> None:
    """Every line of a session with a firewall that runs, and is stopped."""
    world = World()
    list(world.script("sudo systemctl start firewalld"))
    for line, stdout, stderr, code in RUNNING:
        (outcome,) = world.script(line)
        assert (outcome.stdout, outcome.stderr, outcome.exit_code) == (stdout, stderr, code), line
        assert outcome.command == line.replace("=", "=") or outcome.command


@pytest.mark.parametrize(
    "line", ["firewall-cmd --panic-on", "systemctl start nginx", "firewall-cmd --list-all", "systemctl mask firewalld"]
)
def test_what_is_not_told_is_refused(line: str) -> None:
    """The specification tells of ports only."""
    (outcome,) = World().script(line)
    assert outcome.problem
    assert outcome.exit_code == 2
