"""What stories of imports have in common: a marketer who brings a file, over HTTP."""


def marketer(stack):
    return {"Authorization": f"Bearer {stack.token()}"}


def bring(stack, text, **asked):
    """The import as the API shows it once all is settled, and its error file."""
    made = stack.request("POST", "/v1/imports", json=asked, headers=marketer(stack))
    assert made.status == 201, made.text
    upload = made.json()["upload"]
    assert stack.request(upload["method"], upload["url"], body=text).status == 200
    stack.settle()
    return read(stack, f"/v1/imports/{made.json()['id']}")


def read(stack, path):
    answer = stack.request("GET", path, headers=marketer(stack))
    assert answer.status == 200, answer.text
    return answer.json()


def errors(stack, import_id):
    led_on = stack.request("GET", f"/v1/imports/{import_id}/errors", headers=marketer(stack))
    assert led_on.status == 303, led_on.text
    return stack.request("GET", led_on.headers["location"]).text
