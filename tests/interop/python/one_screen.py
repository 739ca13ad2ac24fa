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
# Of a smaller one the SDK sends but one size.
CAMERA_WIDTH, CAMERA_HEIGHT = 1280, 720
FRAMES_PER_S = 15
RED, BLUE = (200, 30, 30), (30, 30, 200)
# What the codec and the way to YUV and back may cost.
TOLERANCE = 20


class Picture:
    """A screen or a camera of one colour."""

    def __init__(self, is_screen: bool):
        self.colour = RED
        self.is_screen = is_screen
        self.size = (WIDTH, HEIGHT) if is_screen else (CAMERA_WIDTH, CAMERA_HEIGHT)
        self.source = rtc.VideoSource(*self.size, is_screencast=is_screen)

    async def publish(self, room: rtc.Room) -> rtc.LocalTrackPublication:
        track = rtc.LocalVideoTrack.create_video_track("picture", self.source)
        screen, camera = rtc.TrackSource.SOURCE_SCREENSHARE, rtc.TrackSource.SOURCE_CAMERA
        # A camera is sent in several sizes, as the SDK does by itself.
        options = rtc.TrackPublishOptions(
            source=screen if self.is_screen else camera,
            video_codec=rtc.VideoCodec.VP8,
            simulcast=not self.is_screen,
        )
        return await room.local_participant.publish_track(track, options)

    async def run(self):
        width, height = self.size
        while True:
            picture = numpy.empty((height, width, 4), dtype=numpy.uint8)
            picture[:] = (*self.colour, 255)
            frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, picture.tobytes())
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


async def shown(track: rtc.Track, is_right) -> None:
    """Waits until the picture is as wide as it should be."""
    widths = []
    stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGBA)
    try:
        async for event in stream:
            width = event.frame.width
            if not widths or widths[-1] != width:
                widths.append(width)
                print(f"the picture is {width} wide", file=sys.stderr)
            if is_right(width):
                return
    finally:
        await stream.aclose()
    raise AssertionError(f"the picture ended, it was {widths} wide")


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
    await asyncio.wait_for(seen(track, RED), PATIENCE_S)
    await asyncio.wait_for(shown(track, lambda width: width == CAMERA_WIDTH), PATIENCE_S)
    told.set_video_quality(rtc.VideoQuality.VIDEO_QUALITY_LOW)
    await asyncio.wait_for(shown(track, lambda width: width < CAMERA_WIDTH), PATIENCE_S)
    camera.colour = BLUE
    await asyncio.wait_for(seen(track, BLUE), PATIENCE_S)
    told.set_video_quality(rtc.VideoQuality.VIDEO_QUALITY_HIGH)
    await asyncio.wait_for(shown(track, lambda width: width == CAMERA_WIDTH), PATIENCE_S)
    holds("chooses a size")
    holds("sees")
    holds("is seen")
    showing.cancel()
    for room in (presenter, viewer, late):
        await room.disconnect()
    return 14


if __name__ == "__main__":
    run(call)
