"""Writes the scenarios that are measured, and the same work as .hurl files."""

import json
import os


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def config(root, port):
    write(f"{root}/plumb.yaml", f"""profiles:
  bench:
    targets:
      api: {{ kind: http, default: true, url: "http://127.0.0.1:{port}" }}
""")


def plumb_step(number):
    return f"""  - id: item{number}
    http: {{ get: /api/item }}
    assert:
      - .status == 200
      - .body.id == 7
      - .body.name == "widget"
"""


def hurl_entry(port):
    return f"""GET http://127.0.0.1:{port}/api/item
HTTP 200
[Asserts]
jsonpath "$.id" == 7
jsonpath "$.name" == "widget"

"""


def requests(root, name, port, files, steps):
    """The same requests, with a status and two values asserted each; returns the paths for Plumb and for Hurl."""
    hurl = []
    for number in range(files):
        text = "steps:\n" + "".join(plumb_step(step) for step in range(steps))
        write(f"{root}/{name}/plumb/item_{number:04}.yaml", text)
        hurl.append(f"{name}/hurl/item_{number:04}.hurl")
        write(f"{root}/{hurl[-1]}", hurl_entry(port) * steps)
    return [f"{name}/plumb"], hurl


DISTINCT = [
    ".body.id == {n}",
    ".body.items[{n}].price < {n}.5",
    '.body.name == "widget-{n}"',
    ".body.tags | length > {n}",
    '(.body.name | startswith("w{n}")) and .status == 200',
    ".body.items | map(.price) | add > {n}",
    "[.body.items[] | select(.id == {n})] | length == 1",
    '.headers["content-type"] == "application/json; v={n}"',
]


def assertion(number, texts):
    return texts[number % len(texts)].replace("{n}", str(number))


# None of these is evaluated without jq, so each distinct text is compiled by it.
FOREIGN = [
    ".body.items | group_by(.kind) | length == {n}",
    '(.body.name | test("^w{n}-[a-z]+$")) and .status == 200',
    ".body.items | sort_by(.price) | first.price < {n}.5",
    '.body.items | map(.tags | join("-{n}")) | unique | length > 2',
    "reduce .body.items[] as $item (0; . + $item.price) > {n}",
    '.body.name | ascii_downcase | split("-") | last == "{n}"',
    '[.body | paths(type == "number")] | length >= {n}',
    '.body.items | to_entries | map(select(.value.id == {n})) | length == 1',
]


def lint(root, name, files, per_file, distinct, texts=DISTINCT):
    """Files with many assertions, of which `distinct` have texts of their own."""
    for number in range(files):
        lines = ["steps:", "  - id: item", "    http: { get: /api/item }", "    assert:"]
        for index in range(per_file):
            text = assertion((number * per_file + index) % distinct, texts).replace("'", "''")
            lines.append(f"      - '{text}'")
        write(f"{root}/{name}/item_{number:04}.yaml", "\n".join(lines) + "\n")
    return [name]


def large_body(root, name, files, port, megabytes=30, assertions=20):
    """One request of a large JSON body with assertions spread over it."""
    items, size = [], 0
    while size < megabytes * 1_000_000:
        number = len(items)
        item = {"id": number, "name": f"widget {number}", "price": number / 4, "tags": ["a", "b"], "ok": True}
        items.append(json.dumps(item))
        size += len(items[-1]) + 2
    count = len(items)
    write(f"{files}/large.json", '{"count": %d, "items": [%s]}' % (count, ", ".join(items)))
    places = [count * index // (assertions - 1) for index in range(assertions - 2)] + [count - 1]
    plumb = [".status == 200"] + [f".body.items[{place}].id == {place}" for place in places]
    hurl = [f'jsonpath "$.items[{place}].id" == {place}' for place in places]
    write(f"{root}/{name}/plumb/large.yaml", "steps:\n  - id: large\n    http:\n      get: /files/large.json\n"
          "      max_bytes: 67108864\n    timeout: 120s\n    assert:\n" + "".join(f"      - {text}\n" for text in plumb))
    write(f"{root}/{name}/hurl/large.hurl", f"GET http://127.0.0.1:{port}/files/large.json\nHTTP 200\n[Asserts]\n"
          + "\n".join(hurl) + "\n")
    return [f"{name}/plumb"], [f"{name}/hurl/large.hurl"]
