"""Settings, the key command and the start: each fault is one sentence that names the variable."""

from pathlib import Path
from typing import Any

import pytest
from api_help import WORKER_TOKEN, RedisServer, python

from api.auth import digest_of
from api.errors import SettingsError
from api.settings import Settings
from api.store import Store

RIGHT = {
    "JUDGE_REDIS_URL": "unix:///run/redis.sock",
    "JUDGE_WORKER_TOKEN": WORKER_TOKEN,
    "JUDGE_DATA_DIR": "/srv/judge",
}


def test_defaults() -> None:
    settings = Settings.from_environment({**RIGHT, "JUDGE_SWEEP": ""})
    assert settings.database_url == "sqlite:////srv/judge/judge.sqlite3"
    assert settings.problems_dir.name == "problems"
    assert (settings.sweep, settings.sweep_interval_s, settings.lease_s) == (True, 1, 10)
    assert WORKER_TOKEN not in repr(settings)


def test_postgresql_is_reached_through_psycopg() -> None:
    for url in ("postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"):
        settings = Settings.from_environment({**RIGHT, "JUDGE_DATABASE_URL": url})
        assert settings.database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"JUDGE_REDIS_URL": ""}, "JUDGE_REDIS_URL must be set."),
        ({"JUDGE_REDIS_URL": "http://x"}, "JUDGE_REDIS_URL: must begin with redis://, rediss://, unix://."),
        ({"JUDGE_WORKER_TOKEN": ""}, "JUDGE_WORKER_TOKEN or JUDGE_WORKER_TOKEN_FILE must be set."),
        ({"JUDGE_WORKER_TOKEN": "short"}, "JUDGE_WORKER_TOKEN: must have at least 16 characters."),
        ({"JUDGE_WORKER_TOKEN_FILE": "/t"}, "Set JUDGE_WORKER_TOKEN or JUDGE_WORKER_TOKEN_FILE, not both."),
        ({"JUDGE_WORKER_TOKEN": "", "JUDGE_WORKER_TOKEN_FILE": "/no"}, "JUDGE_WORKER_TOKEN_FILE names /no, which"),
        ({"JUDGE_DATABASE_URL": "mysql://x"}, "JUDGE_DATABASE_URL: must begin with sqlite:/// or postgresql://."),
        ({"JUDGE_SWEEP_INTERVAL_S": "soon"}, "JUDGE_SWEEP_INTERVAL_S: Input should be a valid number"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**RIGHT, **changes})
    assert str(caught.value).startswith(said)


def test_the_token_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(WORKER_TOKEN + "\n")
    environ = {"JUDGE_REDIS_URL": "redis://x", "JUDGE_WORKER_TOKEN_FILE": str(tmp_path / "token")}
    assert Settings.from_environment(environ).worker_token.get_secret_value() == WORKER_TOKEN


def test_the_command_shows_a_key_once(tmp_path: Path) -> None:
    env = {"JUDGE_DATA_DIR": str(tmp_path)}
    early = python("-m", "api.manage", "create-key", "first", env=env)
    assert (early.returncode, early.stdout) == (2, "")
    assert "judge db upgrade" in early.stderr
    assert python("-m", "judge.cli", "db", "upgrade", env=env).returncode == 0
    ended = python("-m", "api.manage", "create-key", "first", "--if-none", env=env)
    key = ended.stdout.strip()
    assert (ended.returncode, ended.stderr, key[:6]) == (0, "", "judge_")
    store = Store(f"sqlite:///{tmp_path}/judge.sqlite3")
    assert store.keys.find(digest_of(key)) is not None
    store.close()
    assert key.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    again = python("-m", "api.manage", "create-key", "second", "--if-none", env=env)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert python("-m", "api.manage", "create-key", "third", env=env).stdout.startswith("judge_")


def test_the_command_names_what_is_wrong() -> None:
    ended = python("-m", "api.manage", "create-key", "x", env={"JUDGE_DATABASE_URL": "mysql://secret@x"})
    assert ended.returncode == 2
    assert "JUDGE_DATABASE_URL" in ended.stderr
    assert "secret" not in ended.stderr
    ended = python(
        "-m", "api.manage", "create-key", "x", env={"JUDGE_DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x"}
    )
    assert ended.returncode == 2
    assert "secret" not in ended.stderr


@pytest.mark.parametrize("fault", ["setting", "package", "database", "tables"])
def test_a_start_that_cannot_succeed_is_one_sentence(fault: str, problems_dir: Path, redis_server: RedisServer) -> None:
    env: dict[str, Any] = {
        "JUDGE_REDIS_URL": redis_server.url,
        "JUDGE_WORKER_TOKEN": WORKER_TOKEN,
        "JUDGE_DATA_DIR": str(problems_dir.parent),
        "JUDGE_PROBLEMS_DIR": str(problems_dir),
    }
    if fault == "setting":
        env["JUDGE_REDIS_URL"] = ""
    elif fault == "tables":
        env["JUDGE_DATABASE_URL"] = f"sqlite:///{problems_dir.parent}/empty.sqlite3"
    elif fault == "database":
        env["JUDGE_DATABASE_URL"] = "sqlite:////proc/nowhere/judge.sqlite3"
    else:
        (problems_dir / "add-two" / "problem.yaml").write_text(
            "problem_format_version: '2025-09'\nname: x\nkeyword: [x]\n"
        )
    ended = python("-c", "import api.wsgi", env=env)
    assert ended.returncode == 3
    assert ended.stderr.count("\n") == 1, ended.stderr
    named = {
        "setting": "JUDGE_REDIS_URL",
        "package": "add-two/problem.yaml, line 3",
        "database": "JUDGE_DATABASE_URL",
        "tables": "judge db upgrade",
    }
    assert named[fault] in ended.stderr


@pytest.mark.parametrize("given", ["0", "65", "many", "-1", "1.5", "9" * 30])
def test_a_number_of_processes_that_cannot_be_is_refused_by_a_server_that_starts(given: str) -> None:
    from api import gunicorn_config

    assert gunicorn_config.processes("3") == 3
    assert gunicorn_config.processes(given) in (1, 2)
    with pytest.raises(SettingsError, match="JUDGE_API_PROCESSES"):
        Settings.from_environment({**RIGHT, "JUDGE_API_PROCESSES": given})


def test_the_server_takes_more_connections_than_may_wait_and_listen() -> None:
    from api import gunicorn_config

    most = {}
    for name in ("max_held", "max_streams"):
        most[name] = next(m.le for m in Settings.model_fields[name].metadata if hasattr(m, "le"))
        with pytest.raises(SettingsError, match=f"JUDGE_{name.upper()}"):
            Settings.from_environment({**RIGHT, f"JUDGE_{name.upper()}": str(most[name] + 1)})
    assert gunicorn_config.worker_connections > sum(most.values()) + 1000


def test_networks_that_webhooks_may_reach() -> None:
    settings = Settings.from_environment({**RIGHT, "JUDGE_WEBHOOKS_ALLOW": "10.0.0.0/8, fd00::/8"})
    assert [str(network) for network in settings.webhooks_allow] == ["10.0.0.0/8", "fd00::/8"]
    with pytest.raises(SettingsError, match="JUDGE_WEBHOOKS_ALLOW"):
        Settings.from_environment({**RIGHT, "JUDGE_WEBHOOKS_ALLOW": "10.0.0.1/8"})
