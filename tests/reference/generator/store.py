"""Files of a set: JSON, tensors in full, digests of the large ones."""

import json
import platform
import random
from pathlib import Path

import numpy
import peft
import safetensors
import tokenizers
import torch
import transformers
from safetensors.torch import save_file

LARGEST_KEPT_IN_FULL = 2048
SAMPLES_OF_A_DIGEST = 64


def versions() -> dict:
    modules = (torch, transformers, peft, tokenizers, safetensors, numpy)
    return {"python": platform.python_version()} | {m.__name__: m.__version__ for m in modules}


class Store:
    def __init__(self, folder: Path, keep_large: bool):
        self.folder, self.keep_large = Path(folder).resolve(), keep_large
        self.folder.mkdir(parents=True, exist_ok=True)

    def _path(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def json(self, name: str, value) -> None:
        self._path(name).write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")

    def text(self, name: str, value: str) -> None:
        self._path(name).write_text(value, encoding="utf-8")

    def tensors(self, stem: str, tensors: dict, keep_large: bool | None = None) -> None:
        """`stem.safetensors`, and `stem.summary.json` for what is too large to keep."""
        keep_large = self.keep_large if keep_large is None else keep_large
        kept, digests = {}, {}
        for name, tensor in tensors.items():
            tensor = tensor.detach().clone().contiguous()
            if keep_large or tensor.numel() <= LARGEST_KEPT_IN_FULL:
                kept[name] = tensor
            else:
                digests[name] = digest(name, tensor)
        if kept:
            save_file(kept, self._path(f"{stem}.safetensors"))
        if digests:
            self.json(f"{stem}.summary.json", digests)


def digest(name: str, tensor: torch.Tensor) -> dict:
    """Sums in float64, and elements at places that the size and the name decide."""
    flat = tensor.double().flatten()
    count = len(flat)
    places = random.Random(count * 7919 + len(name)).sample(range(count), SAMPLES_OF_A_DIGEST)
    places.sort()
    return {
        "shape": list(tensor.shape),
        "sum": flat.sum().item(),
        "l2": flat.norm().item(),
        "absmax": flat.abs().max().item(),
        "idx": places,
        "val": flat[places].tolist(),
    }
