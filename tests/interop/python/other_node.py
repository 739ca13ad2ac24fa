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
from waiting import until

LOUD = 1_000


class Ear:
    """Hears a track, and remembers when."""

    def __init__(self, track: rtc.Track):
        self.times: list[float] = []
        self.task = asyncio.create_task(self.hear(track))

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


async def story(app: str, nodes: list[dict], how: signal.Signals, word: str) -> int:
    speaker, listener, guest = rtc.Room(), rtc.Room(), rtc.Room()
    arrived: asyncio.Future = asyncio.get_running_loop().create_future()

    @listener.on("track_subscribed")
    def subscribed(track, _publication, participant):
        if not arrived.done() and participant.identity == "speaker":
            arrived.set_result(track)

    rejoined: list[str] = []
    listener.on("participant_disconnected", lambda one: rejoined.append(one.identity))
    await listener.connect(*join_token(app, "listener"))
    await guest.connect(*join_token(app, "guest"))
    await speaker.connect(*join_token(app, "speaker"))
    publication, talking = await speak(speaker)
    ear = Ear(await asyncio.wait_for(arrived, 15))
    await until(lambda: len(ear.times) > 100, "the voice is heard")
    before = speaker.local_participant.sid, publication.sid
    packets: list[rtc.DataPacket] = []
    listener.on("data_received", packets.append)

    node = holder(nodes)
    # One who leaves while the node is gone shall not be there afterwards.
    since = time.monotonic()
    os.kill(node["pid"], how)
    await until(lambda: ear.heard_since(since + 3) > 100, "the voice is heard again")
    print(f"{word}: nothing heard for {ear.gap(since) * 1000:.0f} ms", file=sys.stderr)
    assert (speaker.local_participant.sid, publication.sid) == before, "it went on as itself"
    await until(lambda: set(listener.remote_participants) == {"speaker", "guest"}, "all are there")
    assert "speaker" not in rejoined, rejoined
    await speaker.local_participant.publish_data("still here", reliable=True)
    await until(lambda: packets, "data arrives as before")
    await guest.disconnect()
    await until(lambda: set(listener.remote_participants) == {"speaker"}, "the guest has left")
    talking.cancel()
    await speaker.disconnect()
    await listener.disconnect()
    return 5


async def told_to_end(app: str, nodes: list[dict]) -> int:
    return await story(app, nodes, signal.SIGTERM, "told to end")


async def killed(app: str, nodes: list[dict]) -> int:
    return await story(app, nodes, signal.SIGKILL, "killed")


if __name__ == "__main__":
    run(told_to_end, "--media-nodes", "2")
    run(killed, "--media-nodes", "2")
