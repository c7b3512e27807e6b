internal import Glibc

/// A place on the globe, in degrees.
struct GeoPoint: Sendable, Hashable {
    let lon: Double
    let lat: Double

    /// Reads `{lon, lat}`; nil where it is no place.
    init?(_ json: JSON) {
        guard let lon = json["lon"]?.double, let lat = json["lat"]?.double, abs(lon) <= 180, abs(lat) <= 90 else {
            return nil
        }
        self.lon = lon
        self.lat = lat
    }

    /// The mean radius of the Earth in metres, as Qdrant takes it.
    private static let radius = 6_371_008.8

    /// The way along the globe in metres, by the haversine formula.
    func distance(to other: GeoPoint) -> Double {
        func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
        let half = (lat: sin(radians(other.lat - lat) / 2), lon: sin(radians(other.lon - lon) / 2))
        let share = half.lat * half.lat + cos(radians(lat)) * cos(radians(other.lat)) * half.lon * half.lon
        return 2 * Self.radius * asin(min(1, share.squareRoot()))
    }
}

/// Where places must lie to pass a filter; what lies just on an edge does not.
enum GeoRule: Sendable {
    case radius(GeoPoint, metres: Double)
    case box(topLeft: GeoPoint, bottomRight: GeoPoint)
    case polygon(GeoRing, holes: [GeoRing])

    /// The words of conditions that hold such a rule.
    static let words = ["geo_radius", "geo_bounding_box", "geo_polygon"]

    init(_ word: String, _ json: JSON) throws(VectorError) {
        func point(_ key: String) throws(VectorError) -> GeoPoint {
            guard let point = json[key].flatMap({ GeoPoint($0) }) else {
                throw .format("\(word): `\(key)` is no {lon, lat} within [-180, 180] and [-90, 90]")
            }
            return point
        }
        switch word {
        case "geo_radius":
            guard let metres = json["radius"]?.double, metres >= 0 else {
                throw .format("\(word): `radius` is no number of metres")
            }
            self = .radius(try point("center"), metres: metres)
        case "geo_bounding_box":
            self = .box(topLeft: try point("top_left"), bottomRight: try point("bottom_right"))
        default:
            guard let exterior = json["exterior"] else { throw .format("missing field `exterior`") }
            var holes: [GeoRing] = []
            for hole in json["interiors"]?.array ?? [] { holes.append(try GeoRing(hole)) }
            self = .polygon(try GeoRing(exterior), holes: holes)
        }
    }

    func holds(_ place: GeoPoint) -> Bool {
        switch self {
        case .radius(let center, let metres): return place.distance(to: center) < metres
        case .box(let topLeft, let bottomRight):
            // A box whose left is east of its right lies across the 180th meridian.
            let isBetween =
                topLeft.lon > bottomRight.lon
                ? place.lon > topLeft.lon || place.lon < bottomRight.lon
                : place.lon > topLeft.lon && place.lon < bottomRight.lon
            return isBetween && place.lat < topLeft.lat && place.lat > bottomRight.lat
        case .polygon(let ring, let holes):
            return ring.side(of: place) == .inside && holes.allSatisfy { $0.side(of: place) == .outside }
        }
    }
}

/// A closed line around an area.
struct GeoRing: Sendable {
    enum Side {
        case inside, edge, outside
    }

    private let corners: [GeoPoint]

    init(_ json: JSON) throws(VectorError) {
        let written = json["points"]?.array ?? []
        let corners = written.compactMap { GeoPoint($0) }
        guard corners.count == written.count, corners.count >= 4, corners.first == corners.last else {
            throw .format("a line of a polygon has four or more points {lon, lat}, the last of which is the first")
        }
        self.corners = corners
    }

    /// On which side of the line a place lies.
    func side(of place: GeoPoint) -> Side {
        var isInside = false
        for (from, to) in zip(corners, corners.dropFirst()) {
            let turn = (to.lon - from.lon) * (place.lat - from.lat) - (to.lat - from.lat) * (place.lon - from.lon)
            if turn == 0, min(from.lon, to.lon)...max(from.lon, to.lon) ~= place.lon,
                min(from.lat, to.lat)...max(from.lat, to.lat) ~= place.lat
            {
                return .edge
            }
            // A ray to the east crosses the sides that pass its latitude.
            guard (from.lat > place.lat) != (to.lat > place.lat) else { continue }
            let crossing = from.lon + (place.lat - from.lat) / (to.lat - from.lat) * (to.lon - from.lon)
            if place.lon < crossing { isInside.toggle() }
        }
        return isInside ? .inside : .outside
    }
}
