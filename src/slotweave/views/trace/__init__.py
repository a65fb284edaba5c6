"""Traces for Perfetto's viewer (https://ui.perfetto.dev), in its two forms."""

from slotweave.views.trace.json_trace import perfetto_trace
from slotweave.views.trace.protobuf_trace import perfetto_protobuf

__all__ = ["perfetto_protobuf", "perfetto_trace"]
