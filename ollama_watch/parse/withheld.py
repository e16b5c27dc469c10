"""Records whose words alone tell what a launch does not get (reference 5, 6, 7 and 10.4)."""

from collections.abc import Mapping

from ollama_watch.parse import events as ev

WITHHELD: Mapping[bytes, ev.Event] = {
    b"flash attention enabled but not supported by gpu": ev.FlashDropped("gpu"),
    b"flash attention enabled but not supported by model": ev.FlashDropped("model"),
    b"multimodal models don't support parallel requests yet": ev.OneSlot("projector"),  # 0.1.34 to 0.4.0
    b"mllama doesn't support parallel requests yet": ev.OneSlot("architecture"),  # 0.4.1 to 0.6.8
    b"mllama does not currently support parallel requests": ev.OneSlot("architecture"),  # 0.7.0 to 0.12.6
    b"model architecture does not currently support parallel requests": ev.OneSlot("architecture"),
    b"model does not support caching, disabling parallel processing": ev.OneSlot("cache"),  # 0.5.12 to 0.24
    b"disabling mmap for llama-server load due to host memory pressure": ev.MmapOff(),
}
