"""Called by the state machine: prints the name it is given, fails where that says so, and answers with its length."""


class TryAgain(Exception):
    pass


def handler(event, _context):
    name = event["name"]
    print(name)
    if name.startswith("again"):
        raise TryAgain(name)
    if name.startswith("raise"):
        raise ValueError(name)
    return {"name": name, "length": len(name)}
