/// On which side of the way from a node to the root a sibling stands.
enum SiblingSide {
    case left, right

    /// The sides met on the way up from the node at `position` in a row whose last position is `last`, lowest first.
    ///
    /// A node that is last in its row and stands at an even position has no sibling there: RFC 6962, section 2.1, completes no
    /// subtree, so such a node moves up unchanged.
    static func path(from position: UInt64, last: UInt64) -> [SiblingSide] {
        var (position, last) = (position, last)
        var sides: [SiblingSide] = []
        while last > 0 {
            if !position.isMultiple(of: 2) {
                sides.append(.left)
            } else if position < last {
                sides.append(.right)
            }
            position >>= 1
            last >>= 1
        }
        return sides
    }
}
