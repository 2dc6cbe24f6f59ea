"""A BERT sentence encoder by torch alone: bit for bit what sentence-transformers gives, at a third of its start-up.

Importing sentence-transformers and transformers takes longer than encoding two thousand answers. What a BERT model with
mean pooling needs of them is a page: embeddings, attention, two feed-forward layers (Devlin et al. 2019, section 3),
and the mean over tokens (Reimers & Gurevych 2019). Every other model is left to the library (see models.py); a test
holds the two against each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WEIGHTS, TOKENS = "model.safetensors", "tokenizer.json"
MODULES = ["Transformer", "Pooling", "Normalize"]
USUAL = {"model_type": "bert", "hidden_act": "gelu", "is_decoder": False, "position_embedding_type": "absolute"}


@dataclass(frozen=True)
class Shape:
    """What the forward pass needs to know beside the weights."""

    layers: int
    heads: int
    epsilon: float
    longest: int  # tokens of a text


def shape_of(folder: Path) -> Shape | None:
    """Return the shape of a model's folder; None where it is any other than a BERT with the mean of its tokens."""
    if not all((folder / name).exists() for name in (WEIGHTS, TOKENS, "modules.json", "config.json")):
        return None
    modules = [str(one.get("type", "")).rpartition(".")[2] for one in _json(folder / "modules.json")]
    config, sentence = _json(folder / "config.json"), _json(folder / "sentence_bert_config.json")
    usual = all(config.get(name, value) == value for name, value in USUAL.items()) and "model_type" in config
    pooled = modules == MODULES and _by_mean(_json(folder / "1_Pooling" / "config.json"))
    if not (usual and pooled) or sentence.get("do_lower_case") or config.get("dtype", "float32") != "float32":
        return None
    limits = (sentence.get("max_seq_length"), _json(folder / "tokenizer_config.json").get("model_max_length"))
    longest = min(next(filter(None, limits), 512), config["max_position_embeddings"])
    heads, layers = config["num_attention_heads"], config["num_hidden_layers"]
    return Shape(layers, heads, config.get("layer_norm_eps", 1e-12), longest)


def _by_mean(pooling: Mapping[str, Any]) -> bool:
    modes = {name for name, on in pooling.items() if name.startswith("pooling_mode_") and on is True}
    return modes == {"pooling_mode_mean_tokens"} or pooling.get("pooling_mode") == "mean"


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


class Tokenizer:
    """Texts -> numbers of sub-words, with their place in the text; called as one of transformers is."""

    model_input_names = ("input_ids", "token_type_ids", "attention_mask")
    pad_token_type_id = 0

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer as Fast

        self._fast: Any = Fast.from_file(str(path))
        self._fast.no_padding()
        self.pad_token_id = int(self._fast.token_to_id("[PAD]") or 0)

    def __call__(self, texts: Sequence[str], *, max_length: int, **_: object) -> dict[str, list[Any]]:
        """Return input_ids, token_type_ids and offset_mapping (code points), a list per text, cut at max_length."""
        self._fast.enable_truncation(max_length)
        found = self._fast.encode_batch(list(texts))
        return {
            "input_ids": [one.ids for one in found],
            "token_type_ids": [one.type_ids for one in found],
            "offset_mapping": [one.offsets for one in found],
        }


class Bert:
    """The model: called with input_ids, token_type_ids and attention_mask (rows x tokens), it gives vectors."""

    def __init__(self, folder: Path, shape: Shape, device: str, dtype: str) -> None:
        import torch
        from safetensors.torch import load_file

        self.shape, self.max_seq_length = shape, shape.longest
        self.device = torch.device(device)
        kind = getattr(torch, dtype)
        self._weights = {name: value.to(self.device, kind) for name, value in load_file(folder / WEIGHTS).items()
                         if value.is_floating_point()}  # fmt: skip
        self.tokenizer = Tokenizer(folder / TOKENS)

    def __call__(self, features: Mapping[str, torch.Tensor]) -> dict[str, Any]:
        """Return sentence_embedding, token_embeddings and all_layer_embeddings (the embeddings and every layer)."""
        mask = features["attention_mask"]
        height, width = mask.shape
        seen = None if bool(mask.all()) else mask.bool()[:, None, None, :].expand(height, 1, width, width)
        every = [self._embedded(features)]
        for number in range(self.shape.layers):
            every.append(self._layer(f"encoder.layer.{number}", every[-1], seen))
        return {
            "all_layer_embeddings": every, "token_embeddings": every[-1], "sentence_embedding": _mean(every[-1], mask)
        }  # fmt: skip

    def _embedded(self, features: Mapping[str, torch.Tensor]) -> torch.Tensor:
        table = {
            kind: self._weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "token_type", "position")
        }
        from torch.nn.functional import embedding

        found = embedding(features["input_ids"], table["word"])
        found = found + embedding(features["token_type_ids"], table["token_type"])
        return self._norm("embeddings", found + table["position"][: found.shape[1]])

    def _layer(self, name: str, hidden: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        from torch.nn.functional import gelu, scaled_dot_product_attention

        rows, tokens, width = hidden.shape
        size = width // self.shape.heads
        query, key, value = (
            self._linear(f"{name}.attention.self.{part}", hidden).view(rows, tokens, -1, size).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        found = scaled_dot_product_attention(query, key, value, attn_mask=seen, scale=size**-0.5)
        found = self._linear(f"{name}.attention.output.dense", found.transpose(1, 2).reshape(rows, tokens, width))
        hidden = self._norm(f"{name}.attention.output", found + hidden)
        found = gelu(self._linear(f"{name}.intermediate.dense", hidden))
        return self._norm(f"{name}.output", self._linear(f"{name}.output.dense", found) + hidden)

    def _linear(self, name: str, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import linear

        return linear(hidden, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, name: str, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import layer_norm

        weight, bias = (self._weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return layer_norm(hidden, weight.shape, weight, bias, self.shape.epsilon)


def _mean(tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean of the tokens that are no padding, at unit length; added up in float32 at least."""
    import torch

    wide = torch.promote_types(tokens.dtype, torch.float32)
    real = mask.unsqueeze(-1).to(tokens.dtype)
    found = (tokens * real).sum(dim=1, dtype=wide) / real.sum(dim=1, dtype=wide).clamp(min=1e-9)
    return torch.nn.functional.normalize(found.to(tokens.dtype), p=2, dim=-1)
