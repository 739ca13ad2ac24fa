"""On LiveKit's own Python SDK one shows a screen and a camera, and others see their colours.

Runs like two_voices.py. Ends with 0 if every check holds.
"""

import asyncio
import sys

import numpy
from livekit import rtc
from product import join_token, run
from two_voices import TONE_HZ, heard_hertz, speak
from waiting import PATIENCE_S, holds, until

WIDTH, HEIGHT = 640, 360
FRAMES_PER_S = 15
RED, BLUE = (200, 30, 30), (30, 30, 200)
# What the codec and the way to YUV and back may cost.
TOLERANCE = 20


class Picture:
    """A screen or a camera of one colour."""

    def __init__(self, is_screen: bool):
        self.colour = RED
        self.is_screen = is_screen
        self.source = rtc.VideoSource(WIDTH, HEIGHT, is_screencast=is_screen)

    async def publish(self, room: rtc.Room) -> rtc.LocalTrackPublication:
        track = rtc.LocalVideoTrack.create_video_track("picture", self.source)
        screen, camera = rtc.TrackSource.SOURCE_SCREENSHARE, rtc.TrackSource.SOURCE_CAMERA
        # A camera offers several sizes, as the SDK does by itself; one of them is taken.
        options = rtc.TrackPublishOptions(
            source=screen if self.is_screen else camera,
            video_codec=rtc.VideoCodec.VP8,
            simulcast=not self.is_screen,
        )
        return await room.local_participant.publish_track(track, options)

    async def run(self):
        while True:
            picture = numpy.empty((HEIGHT, WIDTH, 4), dtype=numpy.uint8)
            picture[:] = (*self.colour, 255)
            frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, picture.tobytes())
            self.source.capture_frame(frame)
            await asyncio.sleep(1 / FRAMES_PER_S)


async def seen(track: rtc.Track, colour: tuple[int, int, int]) -> tuple[int, int]:
    """Waits until the middle of the picture has this colour; answers how large the picture is."""
    stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGBA)
    try:
        async for event in stream:
            frame = event.frame
            picture = numpy.frombuffer(frame.data, dtype=numpy.uint8)
            picture = picture.reshape(frame.height, frame.width, 4).astype(int)
            middle = picture[frame.height // 2, frame.width // 2, :3]
            if numpy.abs(middle - numpy.array(colour)).max() <= TOLERANCE:
                return frame.width, frame.height
    finally:
        await stream.aclose()
    raise AssertionError("the picture ended")


async def viewer_of(app: str, identity: str) -> tuple[rtc.Room, asyncio.Queue]:
    """Somebody in the room, and the tracks that they are subscribed to, as they come."""
    room = rtc.Room()
    arrived: asyncio.Queue = asyncio.Queue()

    @room.on("track_subscribed")
    def subscribed(track, publication, participant):
        arrived.put_nowait((track, publication, participant.identity))

    await room.connect(*join_token(app, identity))
    return room, arrived


async def call(app: str) -> int:
    """The call; answers how many checks held."""
    viewer, arrived = await viewer_of(app, "viewer")
    presenter = rtc.Room()
    await presenter.connect(*join_token(app, "presenter"))
    screen = Picture(is_screen=True)
    publication = await screen.publish(presenter)
    showing = asyncio.create_task(screen.run())

    track, told, identity = await asyncio.wait_for(arrived.get(), PATIENCE_S)
    assert identity == "presenter", identity
    assert told.source == rtc.TrackSource.SOURCE_SCREENSHARE, told.source
    assert (told.width, told.height) == (WIDTH, HEIGHT), (told.width, told.height)
    size = await asyncio.wait_for(seen(track, RED), PATIENCE_S)
    print(f"saw red, {size[0]} by {size[1]}", file=sys.stderr)
    screen.colour = BLUE
    await asyncio.wait_for(seen(track, BLUE), PATIENCE_S)

    sound, talking = await speak(presenter, rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
    track, told, _ = await asyncio.wait_for(arrived.get(), PATIENCE_S)
    assert told.source == rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO, told.source
    hertz = await asyncio.wait_for(heard_hertz(track), PATIENCE_S)
    assert abs(hertz - TONE_HZ) < 5, f"the screen sounds at {hertz:.1f} Hz"
    holds("a screen's sound")

    late, arrived_late = await viewer_of(app, "late")
    kinds = {}
    while len(kinds) < 2:
        track, told, _ = await asyncio.wait_for(arrived_late.get(), PATIENCE_S)
        kinds[told.source] = track
    screen_again = kinds[rtc.TrackSource.SOURCE_SCREENSHARE]
    await asyncio.wait_for(seen(screen_again, BLUE), PATIENCE_S)

    talking.cancel()
    await presenter.local_participant.unpublish_track(sound.sid)
    await presenter.local_participant.unpublish_track(publication.sid)
    remote = viewer.remote_participants["presenter"]
    await until(lambda: not remote.track_publications, "the screen is gone")
    showing.cancel()

    camera = Picture(is_screen=False)
    await camera.publish(presenter)
    showing = asyncio.create_task(camera.run())
    track, told, _ = await asyncio.wait_for(arrived.get(), PATIENCE_S)
    assert told.source == rtc.TrackSource.SOURCE_CAMERA, told.source
    size = await asyncio.wait_for(seen(track, RED), PATIENCE_S)
    print(f"saw the camera, {size[0]} by {size[1]}", file=sys.stderr)
    holds("sees")
    holds("is seen")
    showing.cancel()
    for room in (presenter, viewer, late):
        await room.disconnect()
    return 11


if __name__ == "__main__":
    run(call)
