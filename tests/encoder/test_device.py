"""Another device than the processor, without one at hand: where tensors lie, and what is said where there is none."""

from __future__ import annotations

import pytest

from pipeline.encoder import bert, models
from pipeline.errors import ModelError


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_step_stays_on_the_device_in_the_kind_of_numbers_asked_for(tiny, dtype):
    """On "meta" nothing is computed, but a step that mixes devices or kinds fails as it would on a graphics card."""
    import torch

    model = bert.Bert(tiny, bert.shape_of(tiny), "meta", dtype)
    features = {
        name: torch.zeros((3, 8), dtype=torch.int64, device="meta") for name in model.tokenizer.model_input_names
    }
    seen = features["attention_mask"].bool()[:, None, None, :].expand(3, 1, 8, 8)
    steps = [model._embedded(features)]
    for mask in (None, seen):
        steps.append(model._layer("encoder.layer.0", steps[0], mask))
    assert {step.shape for step in steps} == {(3, 8, 32)}
    steps.append(bert._mean(steps[-1], features["attention_mask"]))
    assert {(step.device.type, step.dtype) for step in steps} == {("meta", getattr(torch, dtype))}


def test_a_device_that_is_not_there_is_named_with_a_remedy(tiny, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ModelError, match=r"device: cuda.*finds no such device.*Take the line out"):
        models.load(tiny, "cuda")
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    assert models.load(tiny, "auto").device.type == "cpu"
