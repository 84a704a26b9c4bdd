"""Site files, written from plain values."""

import datetime
import json


def toml(value):
    """A value as TOML writes it inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def pool(name, size, **more):
    """A pool; `more` are the keys of the file."""
    return ("pool", {"name": name, "size": size, **more})


def group(name, pools, quota=None, members=None, **more):
    """A group; its members are the unix group of its name unless told."""
    keys = {"name": name, "members": [f"@{name}"] if members is None else members, "pools": pools}
    if quota is not None:
        keys["quota"] = quota
    return ("group", {**keys, **more})


def rota(slots, timezone="Europe/Paris", exceptions=(), **more):
    """When groups may enter: hours by the names of slots, `more` are the keys of the file."""
    keys = {"timezone": timezone, "anchor": datetime.date(2026, 1, 5), **more}
    return ("rota", (keys, slots, exceptions))


def every_day(slot):
    """A slot on all days of the week, as a group's `slots` have it."""
    return [f"{day}.{slot}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]


def _table(head, keys):
    return f"{head}\n" + "".join(f"{k} = {toml(v)}\n" for k, v in keys.items()) + "\n"


def site(*tables):
    """The text of a site file."""
    text = ""
    for kind, keys in tables:
        if kind == "rota":
            keys, slots, exceptions = keys
            text += _table("[rota]", keys) + _table("[rota.slots]", slots)
            text += "".join(_table("[[rota.exception]]", each) for each in exceptions)
        else:
            text += _table(f"[[{kind}]]", keys)
    return text


def department(size=1700, groups=17, quota=100):
    """The daily case: one pool for everybody, a quota for each group."""
    tables = [pool("telework", size, seat_name="vdi-%04d", seat_host="vdi-%04d.desk.example")]
    tables += [group(f"dept{n:02d}", ["telework"], quota) for n in range(1, groups + 1)]
    return site(*tables)
