"""Two participants on LiveKit's own Python SDK whose media node goes, while another is there: once it
is told to end, once it is killed. The listener goes on hearing the speaker, in the same room as the
same participant, and nobody is left in the roster who is not there.

Prints how long nothing was heard, which a benchmark compares; no check is about time.
"""

import asyncio
import os
import signal
import sys
import time
import urllib.request

import numpy
from livekit import rtc
from product import join_token, run
from two_voices import RATE, speak
from waiting import holds, until

LOUD = 1_000


class Ear:
    """Hears tracks, and remembers when."""

    def __init__(self):
        self.times: list[float] = []
        self.tasks: list[asyncio.Task] = []

    def attend(self, track: rtc.Track) -> None:
        self.tasks.append(asyncio.create_task(self.hear(track)))

    async def hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
        async for event in stream:
            samples = numpy.frombuffer(event.frame.data, dtype=numpy.int16)
            if numpy.abs(samples.astype(int)).max(initial=0) > LOUD:
                self.times.append(time.monotonic())

    def heard_since(self, then: float) -> int:
        return sum(1 for at in self.times if at > then)

    def gap(self, since: float) -> float:
        """The longest time without the voice, in seconds."""
        times = [since, *(at for at in self.times if at > since)]
        return max(b - a for a, b in zip(times, times[1:]))


def counted(node: dict, name: str) -> int:
    with urllib.request.urlopen(f"http://{node['signal']}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"koeba_node_{name} "))


def holder(nodes: list[dict]) -> dict:
    return next(node for node in nodes if counted(node, "participants") > 0)


async def story(app: str, nodes: list[dict], how: signal.Signals) -> float:
    """The story of one node; answers for how many seconds nothing was heard."""
    speaker, listener, guest = rtc.Room(), rtc.Room(), rtc.Room()
    ear = Ear()

    @listener.on("track_subscribed")
    def subscribed(track, _publication, participant):
        if participant.identity == "speaker":
            ear.attend(track)

    rejoined: list[str] = []
    listener.on("participant_disconnected", lambda one: rejoined.append(one.identity))
    await listener.connect(*join_token(app, "listener"))
    await guest.connect(*join_token(app, "guest"))
    await speaker.connect(*join_token(app, "speaker"))
    publication, talking = await speak(speaker)
    await until(lambda: len(ear.times) > 100, "the voice is heard")
    before = speaker.local_participant.sid, publication.sid
    packets: list[rtc.DataPacket] = []
    listener.on("data_received", packets.append)

    node = holder(nodes)
    # One who leaves while the node is gone shall not be there afterwards.
    since = time.monotonic()
    os.kill(node["pid"], how)
    await until(lambda: ear.heard_since(since + 3) > 100, "the voice is heard again")
    gap = ear.gap(since)
    if len(nodes) > 1:
        # Alone it may have to join anew: this SDK gives resuming up when nobody is there.
        assert (speaker.local_participant.sid, publication.sid) == before, "it went on as itself"
        assert "speaker" not in rejoined, rejoined
    await until(lambda: set(listener.remote_participants) == {"speaker", "guest"}, "all are there")
    await speaker.local_participant.publish_data("still here", reliable=True)
    await until(lambda: packets, "data arrives as before")
    await guest.disconnect()
    await until(lambda: set(listener.remote_participants) == {"speaker"}, "the guest has left")
    holds("goes on elsewhere")
    talking.cancel()
    await speaker.disconnect()
    await listener.disconnect()
    return gap


# What happens to the node, and how many there are.
EVENTS = {
    "told to end, with another": (signal.SIGTERM, 2),
    "killed, with another": (signal.SIGKILL, 2),
    "killed, alone, and started again after a second": (signal.SIGKILL, 1),
}


def happen(event: str) -> None:
    how, count = EVENTS[event]

    async def call(app: str, nodes: list[dict]) -> int:
        gap = await story(app, nodes, how)
        print(f"{event}: nothing heard for {gap * 1000:.0f} ms", file=sys.stderr)
        print(f"gap: {event}: {gap * 1000:.0f}", flush=True)
        return 5

    run(call, "--media-nodes", str(count))


if __name__ == "__main__":
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        for each in EVENTS:
            happen(each)
