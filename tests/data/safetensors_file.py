"""safetensors, read and written without packages. Standard library only."""

import json
import struct
from array import array
from sys import byteorder


class Tensors:
    """An open file: `infos` has type, shape and place of each tensor."""

    def __init__(self, path):
        self.file = open(path, "rb")
        (length,) = struct.unpack("<Q", self.file.read(8))
        self.infos = json.loads(self.file.read(length))
        self.infos.pop("__metadata__", None)
        self.data_start = 8 + length

    def floats(self, name):
        """Numbers stored as F32, row after row."""
        info = self.infos[name]
        if info["dtype"] != "F32":
            raise ValueError(f"tensor {name} has type {info['dtype']}, not F32")
        return _array("f", self.data(name))

    def data(self, name):
        start, end = self.infos[name]["data_offsets"]
        self.file.seek(self.data_start + start)
        return self.file.read(end - start)


def write(path, tensors, notes):
    """`tensors` are (name, dtype, shape, bytes), written in this order."""
    header, place = {"__metadata__": notes}, 0
    for name, dtype, shape, data in tensors:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + len(data)]}
        place += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for *_, data in tensors:
            file.write(data)


def halves(numbers):
    return struct.pack(f"<{len(numbers)}e", *numbers)


def from_halves(data):
    return struct.unpack(f"<{len(data) // 2}e", data)


def single(numbers):
    """As F32."""
    found = array("f", numbers)
    if byteorder == "big":
        found.byteswap()
    return found.tobytes()


def _array(kind, data):
    found = array(kind)
    found.frombytes(data)
    if byteorder == "big":
        found.byteswap()
    return found
