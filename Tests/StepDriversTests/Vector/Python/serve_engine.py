"""Puts Qdrant's client, which has an engine of its own in local mode, behind the REST paths that vector steps use.

Prints its address and serves until it is ended, or until its standard input closes.
"""
import json
import os
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from qdrant_client import QdrantClient, models

warnings.simplefilter("ignore")
engine = QdrantClient(":memory:")
# The engine does one thing at a time; connections are kept alive, so each has a thread.
turn = threading.Lock()


class Missing(Exception):
    pass


def plain(value):
    """A model of the client as JSON."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return value


def filter_of(body):
    return models.Filter.model_validate(body["filter"]) if body.get("filter") else None


def search(name, body):
    parsed = models.QueryRequest.model_validate(body)
    return {"points": plain(engine.query_points(
        name, query=parsed.query, using=parsed.using, query_filter=parsed.filter, limit=parsed.limit or 10,
        offset=parsed.offset, score_threshold=parsed.score_threshold, with_payload=parsed.with_payload,
        with_vectors=parsed.with_vector or False).points)}


def points(method, name, rest, body):
    done = {"operation_id": 1, "status": "completed"}
    if (method, rest) == ("PUT", []):
        engine.upsert(name, points=models.PointsList.model_validate(body).points)
        return done
    if (method, rest) == ("POST", []):
        request = models.PointRequest.model_validate(body)
        return plain(engine.retrieve(
            name, ids=request.ids, with_payload=request.with_payload, with_vectors=request.with_vector or False))
    if rest == ["query"]:
        return search(name, body)
    if rest == ["query", "batch"]:
        return [search(name, single) for single in body["searches"]]
    if rest == ["count"]:
        return {"count": engine.count(name, count_filter=filter_of(body)).count}
    if rest == ["scroll"]:
        found, following = engine.scroll(
            name, scroll_filter=filter_of(body), limit=body.get("limit", 10), offset=body.get("offset"))
        return {"points": plain(found), "next_page_offset": following}
    if rest == ["delete"]:
        selector = body["points"] if "points" in body else models.FilterSelector(filter=filter_of(body))
        engine.delete(name, points_selector=selector)
        return done
    raise Missing(f"Not found: {rest}")


def answer(method, path, body):
    if path == ["collections"]:
        return {"collections": plain(engine.get_collections().collections)}
    if path == ["aliases"]:
        return {"aliases": plain(engine.get_aliases().aliases)}
    name = path[1]
    if method == "PUT" and len(path) == 2:
        config = models.CreateCollection.model_validate(body)
        return engine.create_collection(name, vectors_config=config.vectors)
    if not engine.collection_exists(name):
        raise Missing(f"Not found: Collection `{name}` doesn't exist!")
    if len(path) == 2:
        return engine.delete_collection(name) if method == "DELETE" else plain(engine.get_collection(name))
    return points(method, name, path[3:], body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        path = [unquote(part) for part in urlsplit(self.path).path.split("/") if part]
        try:
            with turn:
                result = answer(self.command, path, body)
            status, document = 200, {"result": result, "status": "ok", "time": 0.0}
        except Missing as error:
            status, document = 404, {"status": {"error": str(error)}, "time": 0.0}
        except Exception as error:
            status, document = 400, {"status": {"error": f"Wrong input: {error}"}, "time": 0.0}
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
