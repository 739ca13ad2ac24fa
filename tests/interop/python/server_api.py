"""LiveKit's own server SDK for Python against a media node, with a participant on its client SDK.

Starts a node, asks it everything that the server API does as any application would, and looks at
what the participant is told. Ends with 0 if every check holds.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import pathlib
import socket
import subprocess
import sys
import time

import jwt
from livekit import api, rtc
from waiting import PATIENCE_S, holds, until

ROOT = pathlib.Path(__file__).resolve().parents[3]
NODE = os.environ.get("KOEBA_NODE", str(ROOT / "target/debug/koeba-node"))
KEY, SECRET = "key", "a secret of a test, long enough for its key"
WORKSPACE, ROOM = "ws_1", "lobby"


def free_address() -> str:
    """A loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@contextlib.contextmanager
def node():
    """A node on a free port; yields its address."""
    address = free_address()
    command = [NODE, "--node-id", "node-1", "--signal-addr", address]
    command += ["--media-addr", "127.0.0.1:0", "--announce-ip", "127.0.0.1"]
    secrets = {"KOEBA_TOKEN_KEY_ID": KEY, "KOEBA_TOKEN_SECRET": SECRET}
    running = subprocess.Popen(command, env=os.environ | secrets, stdout=subprocess.DEVNULL)
    try:
        host, port = address.split(":")
        deadline = time.monotonic() + PATIENCE_S
        while socket.socket().connect_ex((host, int(port))) != 0:
            if time.monotonic() > deadline or running.poll() is not None:
                sys.exit("the node does not start")
            time.sleep(0.02)
        yield address
    finally:
        running.terminate()
        running.wait(timeout=20)


def api_key() -> tuple[str, str]:
    """The workspace's key for the server API, derived as the node does it."""
    message = b"koeba server api\0" + WORKSPACE.encode()
    secret = hmac.new(SECRET.encode(), message, hashlib.sha256).digest()
    return f"{KEY}.{WORKSPACE}", base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def join_token(identity: str) -> str:
    """A join token as the control plane mints it."""
    now = int(time.time())
    claims = {"iss": KEY, "sub": identity, "name": identity, "nbf": now, "exp": now + 60}
    claims["video"] = {"room": ROOM, "roomJoin": True}
    claims["koeba"] = {"workspace": WORKSPACE}
    return jwt.encode(claims, SECRET, algorithm="HS256")


async def refused(call, code: str) -> None:
    """Checks that a call is refused with this code."""
    try:
        await call
    except api.TwirpError as error:
        assert error.code == code, error
        return
    raise AssertionError(f"it was not refused with {code}")


async def administer(address: str) -> None:
    """Everything that the API does."""
    key, secret = api_key()
    lk = api.LiveKitAPI(f"http://{address}", key, secret)
    rooms = lk.room
    opened = await rooms.create_room(
        api.CreateRoomRequest(name=ROOM, metadata="m", empty_timeout=60)
    )
    assert (opened.name, opened.metadata) == (ROOM, "m"), opened
    listed = (await rooms.list_rooms(api.ListRoomsRequest())).rooms
    assert [room.sid for room in listed] == [opened.sid], listed

    guest = rtc.Room()
    await guest.connect(f"ws://{address}", join_token("guest"))
    me = guest.local_participant
    source = rtc.AudioSource(48_000, 1)
    track = rtc.LocalAudioTrack.create_audio_track("tone", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await me.publish_track(track, options)
    identity = api.RoomParticipantIdentity(room=ROOM, identity="guest")
    there = (await rooms.list_participants(api.ListParticipantsRequest(room=ROOM))).participants
    assert [one.identity for one in there] == ["guest"], there

    async def published() -> list:
        return list((await rooms.get_participant(identity)).tracks)

    deadline = time.monotonic() + PATIENCE_S
    while not await published():
        assert time.monotonic() < deadline, "the track is never published"
    silence = api.MuteRoomTrackRequest(
        room=ROOM, identity="guest", track_sid=publication.sid, muted=True
    )
    assert (await rooms.mute_published_track(silence)).track.muted
    await until(lambda: publication.muted, "the guest is muted")
    muted = []
    guest.on("track_muted", lambda *_: muted.append(True))
    track.unmute()
    await until(lambda: muted, "the guest is muted again")
    assert (await published())[0].muted

    await rooms.update_room_metadata(api.UpdateRoomMetadataRequest(room=ROOM, metadata="agenda"))
    await until(lambda: guest.metadata == "agenda", "the room's text is told")
    change = api.UpdateParticipantRequest(room=ROOM, identity="guest", name="Guest")
    change.attributes["hand"] = "up"
    change.permission.CopyFrom(api.ParticipantPermission(can_subscribe=True))
    changed = await rooms.update_participant(change)
    assert changed.name == "Guest" and not changed.permission.can_publish, changed
    await until(lambda: me.attributes.get("hand") == "up", "the attributes are told")
    assert not await published()
    await rooms.update_subscriptions(
        api.UpdateSubscriptionsRequest(room=ROOM, identity="guest", subscribe=True)
    )

    await rooms.remove_participant(identity)
    gone = rtc.ConnectionState.CONN_DISCONNECTED
    await until(lambda: guest.connection_state == gone, "the guest is out")
    await refused(rooms.get_participant(identity), "not_found")
    await rooms.delete_room(api.DeleteRoomRequest(room=ROOM))
    assert not (await rooms.list_rooms(api.ListRoomsRequest())).rooms
    await lk.aclose()
    stranger = api.LiveKitAPI(f"http://{address}", key, "x" * 43)
    await refused(stranger.room.list_rooms(api.ListRoomsRequest()), "unauthenticated")
    await stranger.aclose()


def main() -> None:
    """Runs everything and says the outcome in one line."""
    with node() as address:
        asyncio.run(asyncio.wait_for(administer(address), 4 * PATIENCE_S))
    print("the server API does what LiveKit's Python server SDK asks of it", file=sys.stderr)
    holds("server API")


if __name__ == "__main__":
    main()
