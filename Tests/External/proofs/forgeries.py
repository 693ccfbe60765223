def all(group, bases):
    yield from ()
def holders(*a):
    yield from ()
