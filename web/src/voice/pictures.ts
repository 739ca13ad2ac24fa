/** The pictures of a call: screens and cameras. A part of the call's chunk, loaded with it. */
import {
  type Participant,
  type Room,
  type ScreenShareCaptureOptions,
  ScreenSharePresets,
  Track,
  type TrackPublication,
  type TrackPublishOptions,
  type VideoCaptureOptions,
  VideoPresets,
} from 'livekit-client';

/** Something to look at, as the page shows it. */
export interface Picture {
  /** LiveKit's sid of the track; the element that shows it is found by it. */
  readonly id: string;
  readonly identity: string;
  readonly name: string;
  readonly kind: 'screen' | 'camera';
  /** It is what this page shows itself. */
  readonly local: boolean;
}

/** What is asked of the browser: its own sound too, and the page itself not offered. */
export const screenCapture: ScreenShareCaptureOptions = {
  audio: true,
  systemAudio: 'include',
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  contentHint: 'detail',
  resolution: ScreenSharePresets.h1080fps15.resolution,
};

/** How a screen is sent: readable letters matter more than smooth movement. */
export const screenPublishing: TrackPublishOptions = {
  videoCodec: 'vp8',
  backupCodec: false,
  simulcast: true,
  screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
  degradationPreference: 'maintain-resolution',
};

/** What is asked of a camera: a face needs no more, and a room has many. */
export const cameraCapture = (deviceId: string): VideoCaptureOptions => ({
  resolution: VideoPresets.h360.resolution,
  ...(deviceId ? { deviceId: { ideal: deviceId } } : {}),
});

/** How a face is sent: movement matters more than sharp edges. */
export const cameraPublishing: TrackPublishOptions = {
  videoCodec: 'vp8',
  backupCodec: false,
  simulcast: true,
  videoEncoding: VideoPresets.h360.encoding,
  degradationPreference: 'maintain-framerate',
};

const kinds = new Map([
  [Track.Source.ScreenShare, 'screen'],
  [Track.Source.Camera, 'camera'],
] as const);

/** Everything in a room that can be looked at now. */
export function picturesOf(room: Room): Picture[] {
  const everybody = [room.localParticipant, ...room.remoteParticipants.values()];
  const pictures = everybody.flatMap((participant) =>
    [...participant.videoTrackPublications.values()].flatMap((publication) =>
      pictureOf(participant, publication),
    ),
  );
  // Screens first: whoever shares one wants it to be looked at.
  return pictures.sort((one, other) => other.kind.localeCompare(one.kind));
}

function pictureOf(participant: Participant, publication: TrackPublication): Picture[] {
  const kind = kinds.get(publication.source as Track.Source.ScreenShare);
  if (!kind || !publication.track || publication.isMuted) return [];
  const { identity, name, isLocal: local } = participant;
  return [{ id: publication.trackSid, identity, name: name || identity, kind, local }];
}

/** Shows a picture in a `<video>` for as long as the returned function is not called. */
export function showIn(room: Room, id: string, element: HTMLVideoElement): () => void {
  const publication = [room.localParticipant, ...room.remoteParticipants.values()]
    .flatMap((participant) => [...participant.videoTrackPublications.values()])
    .find(({ trackSid }) => trackSid === id);
  const track = publication?.track;
  track?.attach(element);
  return () => {
    track?.detach(element);
  };
}
