/// A set of byte strings that is walked a byte at a time.
struct ByteTrie {
    /// The root's children by byte, -1 where there is none; it is asked at every byte of a text.
    private var roots = [Int32](repeating: -1, count: 256)
    private var nodes: [Node] = []

    private struct Node {
        var byte: UInt8
        var isEnd = false
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
    }

    /// A place in the trie behind one or more bytes.
    struct Position: Hashable {
        fileprivate var node: Int32
    }

    /// Whether the set holds nothing.
    var isEmpty: Bool { nodes.isEmpty }

    /// Adds a byte string; an empty one is left out.
    mutating func insert(_ bytes: some Sequence<UInt8>) {
        var at: Int32 = -1
        for byte in bytes {
            var next = child(of: at, byte)
            if next < 0 {
                next = Int32(nodes.count)
                if at < 0 {
                    nodes.append(Node(byte: byte))
                    roots[Int(byte)] = next
                } else {
                    nodes.append(Node(byte: byte, nextSibling: nodes[Int(at)].firstChild))
                    nodes[Int(at)].firstChild = next
                }
            }
            at = next
        }
        if at >= 0 { nodes[Int(at)].isEnd = true }
    }

    /// Follows a byte from a position, or from the root.
    func step(_ byte: UInt8, from position: Position? = nil) -> Position? {
        let next = child(of: position?.node ?? -1, byte)
        return next < 0 ? nil : Position(node: next)
    }

    /// Whether a whole byte string ends at the position.
    func isEnd(_ position: Position) -> Bool { nodes[Int(position.node)].isEnd }

    private func child(of node: Int32, _ byte: UInt8) -> Int32 {
        guard node >= 0 else { return roots[Int(byte)] }
        var child = nodes[Int(node)].firstChild
        while child >= 0, nodes[Int(child)].byte != byte { child = nodes[Int(child)].nextSibling }
        return child
    }
}
