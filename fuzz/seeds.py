#!/usr/bin/env python3
"""Writes the lines of tests/cases and the examples of rules/ to fuzz/corpus, one file each, for the targets to begin with."""

import hashlib, pathlib, shlex, tomllib

root = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = {"curl": 0, "wget": 1, "http": 2, "https": 2, "xh": 2, "gh": 3, "glab": 3}
SHELLS = {"zsh": 0, "fish": 1, "pwsh": 2, "powershell": 2}
SQL = {"psql": 1, "mysql": 2, "sqlite3": 3, "sqlcmd": 4, "duckdb": 6, "clickhouse-client": 7, "clickhouse": 7}


def lines(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("line", "lines", "stops", "unsure", "passes"):
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from lines(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from lines(inner)


def keep(target, data):
    folder = root / "fuzz/corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


for file in [*root.glob("tests/cases/**/*.toml"), *root.glob("rules/*.toml")]:
    for line in lines(tomllib.loads(file.read_text())):
        keep("command", line.encode())
        keep("parse", b"\0" + line.encode())
        try:
            words = shlex.split(line)
        except ValueError:
            continue
        if words and words[0] in CLIENTS:
            keep("http", bytes([CLIENTS[words[0]]]) + "\n".join(words[1:]).encode())
        if words and words[0] in SHELLS:
            keep("foreign", bytes([SHELLS[words[0]]]) + words[-1].encode())
        if words and words[0] in SQL:
            for word in words[1:]:
                keep("sql", bytes([SQL[words[0]]]) + word.encode())
