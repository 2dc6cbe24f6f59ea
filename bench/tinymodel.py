"""A sentence encoder with random weights: vectors of the real size at a fraction of the real one's time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def build(folder: Path, words: Iterable[str], *, dimensions: int = 384, layers: int = 1) -> Path:
    """Write a sentence-transformers model whose vocabulary is these words; return its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    (folder / "vocab.txt").write_text("\n".join(known))
    base = folder / "base"
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(base)
    config = BertConfig(vocab_size=len(known), hidden_size=dimensions, num_hidden_layers=layers, num_attention_heads=2,
                        intermediate_size=2 * dimensions, max_position_embeddings=64)  # fmt: skip
    BertModel(config).save_pretrained(base)
    inner = Transformer(str(base), max_seq_length=32)
    SentenceTransformer(modules=[inner, Pooling(dimensions), Normalize()], device="cpu").save(str(folder / "model"))
    return folder / "model"
