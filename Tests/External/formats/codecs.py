"""Section 1 of docs/formats.md: how values are written. A codec reads a value as the examples show it, and writes it back."""
import unicodedata


class Difference(Exception):
    """What was found is not what the document says."""


def require(condition, what):
    if not condition:
        raise Difference(what)


class Reader:
    def __init__(self, data):
        self.data, self.position = data, 0

    def take(self, count):
        require(self.position + count <= len(self.data), "cut short")
        self.position += count
        return self.data[self.position - count:self.position]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")


class Codec:
    """`read` takes a value from a reader, `write` gives its bytes."""

    def __init__(self, read, write, bound=None):
        self.read, self.write, self.bound = read, write, bound

    def parse(self, data):
        require(self.bound is None or len(data) <= self.bound, f"{len(data)} bytes, more than {self.bound}")
        reader = Reader(data)
        value = self.read(reader)
        require(reader.position == len(data), "bytes follow")
        require(self.write(value) == data, "written again it is not the same")
        return value


def integer(size):
    return Codec(lambda reader: reader.number(size), lambda value: value.to_bytes(size, "big"))


u8, u16, u32, u64 = integer(1), integer(2), integer(4), integer(8)
minute = day = u32


def _read_flag(reader):
    value = reader.number(1)
    require(value < 2, "a flag is 0 or 1")
    return value == 1


flag = Codec(_read_flag, lambda value: bytes([value]))


def fixed(count):
    def write(value):
        data = bytes.fromhex(value)
        require(len(data) == count, f"not {count} bytes")
        return data
    return Codec(lambda reader: reader.take(count).hex(), write)


key = hash_ = fixed(32)
sig = fixed(64)
recipient = fixed(1216)


def string(size, bound=None, inside=None):
    """A byte string behind its length; `inside` is the format of what is in it."""
    def read(reader):
        data = reader.take(reader.number(size))
        require(bound is None or len(data) <= bound, "a byte string beyond its bound")
        if inside:
            inside.parse(data)
        return data.hex()
    return Codec(read, lambda value: (len(value) // 2).to_bytes(size, "big") + bytes.fromhex(value))


def _read_text(reader):
    value = reader.take(reader.number(1)).decode("utf-8")
    for character in value:
        category = unicodedata.category(character)
        require(category not in ("Cc", "Co", "Cn", "Cs", "Zl", "Zp"), "a character no text may have")
        require(category != "Zs" or character == " ", "a space that is not U+0020")
        require(category != "Cf" or character in "\u200c\u200d", "a format character")
    return value


text = Codec(_read_text, lambda value: u8.write(len(value.encode())) + value.encode())


def _filled(reader):
    value = _read_text(reader)
    require(value != "", "empty")
    return value


filled_text = Codec(_filled, text.write)


def ascending(values, what):
    require(all(left < right for left, right in zip(values, values[1:])), f"{what} out of order or twice")


def listing(size, item, at_most=None, at_least=0, order=None):
    """`order` gives what must ascend."""
    def read(reader):
        count = reader.number(size)
        require(at_most is None or count <= at_most, "a list beyond its bound")
        require(count >= at_least, "a list too short")
        values = [item.read(reader) for _ in range(count)]
        if order:
            ascending([order(value) for value in values], "a list")
        return values
    return Codec(read, lambda values: len(values).to_bytes(size, "big") + b"".join(item.write(value) for value in values))


def opt(item):
    def read(reader):
        return item.read(reader) if flag.read(reader) else None
    return Codec(read, lambda value: b"\0" if value is None else b"\1" + item.write(value))


def _read_absent(reader):
    require(reader.number(1) == 0, "absent in version 1")


absent = Codec(_read_absent, lambda _: b"\0")


def struct(*parts, bound=None):
    """Named parts one after another."""
    def read(reader):
        return {name: codec.read(reader) for name, codec in parts}

    def write(value):
        require(list(value) == [name for name, _ in parts], f"fields {list(value)}")
        return b"".join(codec.write(value[name]) for name, codec in parts)
    return Codec(read, write, bound)


def union(name, tag, cases):
    """A tag, and what it says follows."""
    def read(reader):
        number = tag.read(reader)
        require(number in cases, f"unknown tag {number}")
        return {name: number, **cases[number].read(reader)}

    def write(value):
        rest = {key: item for key, item in value.items() if key != name}
        return tag.write(value[name]) + cases[value[name]].write(rest)
    return Codec(read, write)


def nested(codec):
    """A format with an example of its own: shown as its bytes."""
    def read(reader):
        start = reader.position
        value = codec.read(reader)
        data = reader.data[start:reader.position]
        require(codec.write(value) == data, "written again it is not the same")
        require(codec.bound is None or len(data) <= codec.bound, "beyond its bound")
        return data.hex()
    return Codec(read, bytes.fromhex)
