"""Statements with a grant that are true."""
from .cases import FIRST, LAST, NUMBER, Covering, Grant, Predicates, Record, at, masks

OTHERS = 63


class Ledger:
    """Grants of many patients, among them some of Ana's."""

    def __init__(self, group):
        self.group = group
        self.ana = [Grant(group), Grant(group, 1, purposes=("treatment", "marketing"), grantee="south"), Grant(group, 2, permit=0)]
        self.ben = Grant(group, holder="ben")
        self.others = [Grant(group, holder=f"patient {number}") for number in range(OTHERS)]
        self.purposes = [Grant(group, number, purposes=names) for number, names in enumerate(
            (("treatment",), ("treatment", "research"), ("treatment", "marketing")), 3)]

    @property
    def all(self):
        return [self.ben] + self.ana + self.others + self.purposes

    def three(self, grant=None, **options):
        """Of three the second is Ana's."""
        return Covering(self.group, [self.ben, grant or self.ana[0], self.others[0]], 1, **options)

    def among(self, count, place, grant=None):
        """Ana's grant, or another, at a place among so many."""
        others = self.others[:count - 1]
        return others[:place] + [grant or self.ana[0]] + others[place:]

    def covering(self, count, place, **options):
        return Covering(self.group, self.among(count, place), place, **options)

    @property
    def pool(self):
        return [self.group.write(grant.C).hex() for grant in self.all]


def covers(P, purpose, record):
    """What a request with a condition 08 asks of the grant."""
    return P.member(at(5, record), masks(purpose))


def consent_cases(group, ledger):
    """(name, form, records, predicates, whether the secrets are told, covering)"""
    P = Predicates(group.q)
    least, person, vaccine = (Record(group, name) for name in ("least", "person", "vaccine"))
    one, far = [least], "batchable"
    for count, places in {64: (0, 37, 63), 63: (0, 31, 62), 1: (0,), 2: (0, 1)}.items():
        for place in places:
            told = (count, place) in ((64, 37), (1, 0))
            yield f"grant {place} of {count}", "compact", one, [], told, ledger.covering(count, place)
    yield "grant 37 of 64, batchable", far, one, [], False, ledger.covering(64, 37)
    yield "grant 1 of 2, batchable", far, one, [], True, ledger.covering(2, 1)
    yield "grant 1 of 3", "compact", one, [], False, ledger.three()
    yield "three grants of one patient", "compact", one, [], False, Covering(group, ledger.purposes, 2)
    yield "a place behind the last candidate", "compact", one, [], True, Covering(group, ledger.among(2, 1), 63)
    yield "a candidate twice, the second of the two", "compact", one, [], False, Covering(
        group, [ledger.ana[0], ledger.ben, ledger.ana[0]], 2)
    yield "C' is the candidate", "compact", one, [], True, ledger.covering(3, 2, delta=0)
    yield "what a request asks, 512 numbers of purposes", "compact", one, [covers(P, "treatment", 1)], True, ledger.covering(64, 20)
    yield "what a request asks, batchable", far, [vaccine], [
        P.is_not(at(3), 9), covers(P, "research", 1)], False, ledger.covering(64, 5)
    yield "a purpose that many numbers have", "compact", one, [covers(P, "treatment", 1)], False, Covering(
        group, [ledger.ben, ledger.ana[1], ledger.ana[0]], 1)
    yield "everything of a grant shown but its holder", "compact", one, [], False, ledger.covering(5, 4, shown=range(2, 8))
    yield "nothing of a grant shown", "compact", one, [], False, ledger.covering(5, 2, shown=())
    yield "three records and a grant", "compact", [least, person, vaccine], [
        P.between(at(3, 1), 38_990, 39_005), covers(P, "research", 3)], True, ledger.covering(9, 8)
    yield "eight records and a grant", "compact", [Record(group, "least", copy=copy) for copy in range(8)], [], False, ledger.covering(8, 7)
    yield "all kinds, of a grant", "compact", [person], [
        P.between(at(7, 1), FIRST - 3, FIRST), P.member(at(5, 1), [18, 20, 22]), P.is_not(at(3, 1), 0), P.differ(at(2, 1), at(7, 1)),
        P.same(at(2), at(2, 1)), P.sum([(at(3), 1), (at(7, 1), -1)], 18_300, 3)], False, ledger.covering(4, 3, shown=(4, 6))
    yield "all kinds, of a grant, batchable", far, [person], [
        P.sum([(at(7, 1), 2), (at(5, 1), -1), (at(3), 3)], 0, NUMBER), P.between(at(7, 1), FIRST, FIRST + 3), P.differ(at(5, 1), at(3)),
        P.member(at(2, 1), range(LAST - 20, LAST + 20))], False, ledger.covering(4, 0)
    wide = Record(group, "wide")
    yield "114 auxiliary values and a grant", "compact", [wide], [
        P.between(at(3), NUMBER, NUMBER + (1 << 56) - 1), P.between(at(14), NUMBER, NUMBER + (1 << 56) - 1),
        P.is_not(at(15), 8), P.is_not(at(4), 0)], False, ledger.covering(2, 0)
