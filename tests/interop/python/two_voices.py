"""Two participants on LiveKit's own Python SDK: one speaks and writes, the other hears and reads.

Takes join tokens from a throw-away Koeba as anybody would on
the command line, and measures the frequency of what arrives. Ends with 0 if every check holds.
"""

import asyncio
import sys

import numpy
from livekit import rtc
from product import join_token, run
from waiting import PATIENCE_S, holds, until

RATE = 48_000
FRAME = RATE // 100
TONE_HZ = 440.0


async def speak(
    room: rtc.Room, kind=rtc.TrackSource.SOURCE_MICROPHONE
) -> tuple[rtc.LocalTrackPublication, asyncio.Task]:
    """Publishes a microphone, or another source, that says the tone until its task is cancelled."""
    source = rtc.AudioSource(RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("tone", source)
    options = rtc.TrackPublishOptions(source=kind)
    publication = await room.local_participant.publish_track(track, options)

    async def frames():
        at = 0
        while True:
            times = (at + numpy.arange(FRAME)) / RATE
            samples = (12_000 * numpy.sin(2 * numpy.pi * TONE_HZ * times)).astype(numpy.int16)
            await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, FRAME))
            at += FRAME

    return publication, asyncio.create_task(frames())


async def heard_hertz(track: rtc.Track) -> float:
    """The loudest frequency of the first second in which something is heard."""
    stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
    heard = numpy.zeros(0)
    try:
        async for event in stream:
            samples = numpy.frombuffer(event.frame.data, dtype=numpy.int16).astype(float)
            if heard.size == 0 and numpy.abs(samples).max(initial=0) < 1_000:
                continue
            heard = numpy.concatenate([heard, samples])
            if heard.size >= RATE:
                break
    finally:
        await stream.aclose()
    spectrum = numpy.abs(numpy.fft.rfft(heard * numpy.hanning(heard.size)))
    return float(numpy.argmax(spectrum)) * RATE / heard.size


async def exchange_data(speaker: rtc.Room, listener: rtc.Room) -> int:
    """Messages, a text stream and a remote call; answers how many checks held."""
    packets: list[rtc.DataPacket] = []
    texts: list[tuple[str, str]] = []
    listener.on("data_received", packets.append)

    async def read(reader, identity):
        texts.append((identity, await reader.read_all()))

    listener.register_text_stream_handler("notes", lambda *one: asyncio.create_task(read(*one)))

    @listener.local_participant.register_rpc_method("greet")
    async def greet(invocation):
        return f"{invocation.caller_identity} said {invocation.payload}"

    local = speaker.local_participant
    await local.publish_data("hello", reliable=True, topic="chat")
    await until(lambda: len(packets) == 1, "the message arrives")
    message = packets[0]
    assert message.participant.identity == "speaker", message
    assert (message.data, message.topic) == (b"hello", "chat"), message
    await local.publish_data("nobody", destination_identities=["somebody else"])
    await local.publish_data("again", destination_identities=["listener"])
    await until(lambda: len(packets) == 2, "the message for the listener arrives")
    assert packets[1].data == b"again", packets
    holds("data")

    long = "長い文 " * 20_000
    await local.send_text(long, topic="notes")
    await until(lambda: texts, "the text stream arrives")
    assert texts == [("speaker", long)]
    holds("text streams")

    answer = await local.perform_rpc(
        destination_identity="listener", method="greet", payload="good morning"
    )
    assert answer == "speaker said good morning", answer
    holds("remote calls")
    return 4


async def call(app: str) -> int:
    """The call; answers how many checks held."""
    speaker, listener = rtc.Room(), rtc.Room()
    arrived: asyncio.Future = asyncio.get_running_loop().create_future()

    @listener.on("track_subscribed")
    def subscribed(track, _publication, participant):
        if not arrived.done():
            arrived.set_result((track, participant.identity))

    await listener.connect(*join_token(app, "listener"))
    await speaker.connect(*join_token(app, "speaker"))
    await until(lambda: "speaker" in listener.remote_participants, "the roster shows the speaker")

    publication, talking = await speak(speaker)
    track, identity = await asyncio.wait_for(arrived, PATIENCE_S)
    assert identity == "speaker", identity
    hertz = await asyncio.wait_for(heard_hertz(track), PATIENCE_S)
    assert abs(hertz - TONE_HZ) < 5, f"heard {hertz:.1f} Hz instead of {TONE_HZ} Hz"
    print(f"heard {hertz:.1f} Hz", file=sys.stderr)
    holds("hears")
    holds("is heard")

    def remote():
        return listener.remote_participants["speaker"].track_publications

    publication.track.mute()
    await until(lambda: all(one.muted for one in remote().values()), "the mute is seen")
    publication.track.unmute()
    await until(lambda: not any(one.muted for one in remote().values()), "the unmute is seen")
    holds("mutes")

    checks = await exchange_data(speaker, listener)

    talking.cancel()
    await speaker.local_participant.unpublish_track(publication.sid)
    await until(lambda: not remote(), "the track is gone")
    await speaker.disconnect()
    await until(lambda: not listener.remote_participants, "the roster is empty")
    await listener.disconnect()
    return 6 + checks


if __name__ == "__main__":
    run(call)
