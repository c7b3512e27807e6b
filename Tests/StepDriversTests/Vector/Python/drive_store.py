"""Drives a store that speaks Qdrant's REST interface with Qdrant's own client: drive_store.py URL KEY."""
import sys
import uuid

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

url, key = sys.argv[1:]
client = QdrantClient(url=url, api_key=key, prefer_grpc=False, timeout=20, check_compatibility=False)


def expect(condition, what):
    if not condition:
        sys.exit(f"not as expected: {what}")


def refused(status, call):
    try:
        call()
    except UnexpectedResponse as error:
        expect(error.status_code == status, f"{error.status_code} in place of {status}")
    else:
        sys.exit(f"{status} did not come")


expect(client.create_collection("c", vectors_config=models.VectorParams(size=4, distance=models.Distance.COSINE)), "create")
refused(409, lambda: client.create_collection(
    "c", vectors_config=models.VectorParams(size=4, distance=models.Distance.COSINE)))
expect(client.collection_exists("c") and not client.collection_exists("none"), "exists")
refused(404, lambda: client.get_collection("none"))

big, name = 2**64 - 1, str(uuid.uuid4())
result = client.upsert("c", wait=True, points=[
    models.PointStruct(id=1, vector=[1, 0, 0, 0], payload={"city": "Rome", "n": 1, "tags": ["a", "b"]}),
    models.PointStruct(id=2, vector=[0, 1, 0, 0], payload={"city": "Oslo", "n": 2, "deep": {"x": [1, 2]}}),
    models.PointStruct(id=big, vector=[0.6, 0.8, 0, 0], payload={"city": "Rome", "n": 3}),
    models.PointStruct(id=name, vector=[0, 0, 1, 0], payload={}),
])
expect(result.status == models.UpdateStatus.COMPLETED, "upsert")
client.upsert("c", wait=True, points=models.Batch(ids=[8, 9], vectors=[[0, 0, 0, 1], [0, 0, 1, 1]], payloads=[{"n": 8}, {"n": 9}]))
expect(client.count("c").count == 6, "count")
refused(400, lambda: client.upsert("c", points=[models.PointStruct(id=3, vector=[1, 2])]))

hits = client.query_points("c", query=[1, 0, 0, 0], limit=3, with_payload=True, with_vectors=True).points
expect([hit.id for hit in hits[:2]] == [1, big], "order")
expect(abs(hits[1].score - 0.6) < 1e-6 and hits[1].payload["city"] == "Rome", "score and payload")
expect(all(abs(a - b) < 1e-6 for a, b in zip(hits[1].vector, [0.6, 0.8, 0, 0])), "vector")

rome = models.Filter(
    must=[models.FieldCondition(key="city", match=models.MatchValue(value="Rome"))],
    must_not=[models.FieldCondition(key="n", range=models.Range(gte=3))])
hits = client.query_points("c", query=[0, 1, 0, 0], query_filter=rome).points
expect([hit.id for hit in hits] == [1], "filter")
nested = models.Filter(should=[
    models.FieldCondition(key="tags", match=models.MatchAny(any=["b"])),
    models.FieldCondition(key="deep.x", match=models.MatchValue(value=2)), models.HasIdCondition(has_id=[name])])
expect(client.count("c", count_filter=nested).count == 3, "should")
answers = client.query_batch_points("c", [
    models.QueryRequest(query=[1, 0, 0, 0], limit=1), models.QueryRequest(query=[0, 0, 1, 0], limit=1)])
expect([answer.points[0].id for answer in answers] == [1, name], "batch")

records, following = client.scroll("c", limit=2)
expect([record.id for record in records] == [1, 2] and following == 8, "scroll")
records, following = client.scroll("c", limit=10, offset=following)
expect([record.id for record in records] == [8, 9, big, name] and following is None, "scroll on")
records = client.retrieve("c", ids=[big, 77, 1], with_vectors=True)
expect({record.id for record in records} == {1, big}, "retrieve")

client.set_payload("c", payload={"seen": True}, points=[1], wait=True)
client.delete_payload("c", keys=["n"], points=[1], wait=True)
expect(client.retrieve("c", [1])[0].payload == {"city": "Rome", "tags": ["a", "b"], "seen": True}, "payload")
client.clear_payload("c", points_selector=[8], wait=True)
expect(client.retrieve("c", [8])[0].payload == {}, "cleared payload")

client.create_payload_index("c", "city", field_schema=models.PayloadSchemaType.KEYWORD)
info = client.get_collection("c")
expect(info.points_count == 6 and info.status == models.CollectionStatus.GREEN, "info")
expect(info.config.params.vectors.size == 4 and info.payload_schema["city"].points == 3, "schema")
client.delete_payload_index("c", "city")
expect("city" not in client.get_collection("c").payload_schema, "index removed")
client.update_collection("c", hnsw_config=models.HnswConfigDiff(m=32))
expect(client.get_collection("c").config.hnsw_config.m == 32, "update")

client.update_collection_aliases([models.CreateAliasOperation(
    create_alias=models.CreateAlias(collection_name="c", alias_name="other"))])
expect(client.count("other").count == 6, "alias")
expect([alias.alias_name for alias in client.get_aliases().aliases] == ["other"], "aliases")

client.create_payload_index("c", "n", field_schema=models.PayloadSchemaType.INTEGER)
client.set_payload("c", payload={"at": {"lon": 13.4, "lat": 52.5}}, points=[2, 9], wait=True)
records, following = client.scroll("c", order_by=models.OrderBy(key="n", direction=models.Direction.DESC), limit=2)
expect([(record.id, record.order_value) for record in records] == [(9, 9), (big, 3)] and following is None, "order by")
records, _ = client.scroll("c", order_by=models.OrderBy(key="n", start_from=3), limit=9)
expect([record.id for record in records] == [big, 9], "start from")
berlin = models.GeoPoint(lon=13.405, lat=52.52)
corners = [models.GeoPoint(lon=lon, lat=lat) for lon, lat in [(13, 52), (14, 52), (14, 53), (13, 53), (13, 52)]]
for place in [
    models.FieldCondition(key="at", geo_radius=models.GeoRadius(center=berlin, radius=5000)),
    models.FieldCondition(key="at", geo_bounding_box=models.GeoBoundingBox(top_left=corners[3], bottom_right=corners[1])),
    models.FieldCondition(key="at", geo_polygon=models.GeoPolygon(exterior=models.GeoLineString(points=corners))),
]:
    expect(client.count("c", count_filter=models.Filter(must=[place])).count == 2, "places")
first = [models.Prefetch(query=[1, 0, 0, 0], limit=3), models.Prefetch(query=[0, 1, 0, 0], limit=3)]
hits = client.query_points("c", prefetch=first, query=models.FusionQuery(fusion=models.Fusion.RRF), limit=2).points
expect({hit.id for hit in hits} == {1, 2} and all(abs(hit.score - 3 / 4) < 1e-6 for hit in hits), "fusion")
hits = client.query_points("c", prefetch=first, query=[0, 0, 1, 0], limit=9).points
expect(big in [hit.id for hit in hits] and name not in [hit.id for hit in hits], "searched again")

snapshot = client.create_snapshot("c", wait=True)
expect([one.name for one in client.list_snapshots("c")] == [snapshot.name], "snapshots")
client.delete("c", points_selector=[big, 9], wait=True)
location = f"{url}/collections/c/snapshots/{snapshot.name}"
expect(client.recover_snapshot("c", location=location, wait=True) and client.count("c").count == 6, "recover")
expect(client.recover_snapshot("copy", location=location, wait=True) and client.count("copy").count == 6, "recover as new")
expect(client.delete_collection("copy"), "drop the copy")
expect(client.delete_snapshot("c", snapshot.name, wait=True) and client.list_snapshots("c") == [], "snapshot deleted")

client.delete("c", points_selector=[1, 2], wait=True)
client.delete("c", points_selector=models.FilterSelector(filter=models.Filter(
    must=[models.FieldCondition(key="n", range=models.Range(gt=8))])), wait=True)
expect(client.count("c").count == 3, "delete")

client.create_collection(
    "named", vectors_config={"a": models.VectorParams(size=2, distance=models.Distance.EUCLID)},
    sparse_vectors_config={"words": models.SparseVectorParams()})
client.upsert("named", wait=True, points=[
    models.PointStruct(id=1, vector={"a": [3, 4], "words": models.SparseVector(indices=[1, 7], values=[1, 2])}),
    models.PointStruct(id=2, vector={"a": [0, 1]})])
hits = client.query_points("named", query=[0, 0], using="a").points
expect([(hit.id, round(hit.score, 4)) for hit in hits] == [(2, 1.0), (1, 5.0)], "euclid")
hits = client.query_points("named", query=models.SparseVector(indices=[7], values=[3]), using="words").points
expect([(hit.id, hit.score) for hit in hits] == [(1, 6.0)], "sparse")
expect([collection.name for collection in client.get_collections().collections] == ["c", "named"], "list")
expect(client.delete_collection("named") and not client.delete_collection("none"), "drop")
expect([collection.name for collection in client.get_collections().collections] == ["c"], "dropped")

stranger = QdrantClient(url=url, api_key="wrong", prefer_grpc=False, check_compatibility=False)
refused(401, stranger.get_collections)
print("all as expected")
