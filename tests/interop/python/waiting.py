"""Waiting for something to be so, and saying that it was."""

import asyncio
import time

# How long anything may take.
PATIENCE_S = 30.0


async def until(holds, what: str) -> None:
    """Polls until `holds()` is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.02)


def holds(feature: str) -> None:
    """Says for the matrix of features and SDKs (docs/interop.md) that a feature was seen to work."""
    print(f"holds: {feature}", flush=True)
