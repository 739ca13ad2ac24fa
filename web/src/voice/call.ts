/**
 * One call over livekit-client: only this module and `pictures` name it, and both are loaded when
 * somebody is about to join. It tells what happens through a `CallListener` and keeps no state of the page.
 */
import {
  ConnectionErrorReason,
  ConnectionQuality,
  createLocalAudioTrack,
  type LocalAudioTrack,
  type Participant,
  RemoteAudioTrack,
  type RemoteParticipant,
  type RemoteTrack,
  Room,
  RoomEvent,
  Track,
} from 'livekit-client';
import { type ConnectionFacts, factsFrom, type Quality } from './facts';
import {
  cameraCapture,
  cameraPublishing,
  type Picture,
  picturesOf,
  screenCapture,
  screenPublishing,
  showIn,
} from './pictures';
import type { ConnectFailure, TransportProgress } from './problems';
import type { VoiceSettings } from './settings';

/** Somebody in the room, as the page shows them. */
export interface Person {
  readonly identity: string;
  readonly name: string;
  readonly local: boolean;
  readonly microphone: boolean;
}

export interface CallListener {
  people(people: readonly Person[]): void;
  pictures(pictures: readonly Picture[]): void;
  speaking(identities: ReadonlySet<string>): void;
  quality(quality: Quality): void;
  reconnecting(): void;
  connected(): void;
  soundBlocked(blocked: boolean): void;
  /** The microphone stopped by itself: unplugged, or taken away. */
  microphoneLost(): void;
  /** It is over, for LiveKit's reason. */
  ended(reason: number | undefined): void;
}

/** A connection that did not come about, and how far it got. */
export class ConnectFailed extends Error {
  override readonly name = 'ConnectFailed';

  constructor(
    readonly failure: ConnectFailure,
    readonly progress: TransportProgress,
  ) {
    super(failure.message);
  }
}

const PEER_CONNECTION_TIMEOUT_MS = 12_000;

/**
 * How soon a lost connection is tried again. A media node that goes leaves the room to another at
 * once, so the first tries are quick; a room is small enough for its people not to crowd out each other.
 */
const RETRY_DELAYS_MS = [0, 250, 400, 800, 1_500, 3_000, ...Array<number>(8).fill(5_000)];
const RETRY_SPREAD_MS = 80;

const qualities: Record<ConnectionQuality, Quality> = {
  [ConnectionQuality.Excellent]: 'excellent',
  [ConnectionQuality.Good]: 'good',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Lost]: 'lost',
  [ConnectionQuality.Unknown]: 'unknown',
};

const captureOptions = (settings: VoiceSettings) => ({
  noiseSuppression: settings.noiseSuppression,
  echoCancellation: settings.echoCancellation,
  autoGainControl: settings.autoGainControl,
  ...(settings.microphone ? { deviceId: { ideal: settings.microphone } } : {}),
});

export class Call {
  private readonly room: Room;
  private track: LocalAudioTrack | null = null;
  private opening: Promise<LocalAudioTrack> | null = null;
  private wanted = false;
  private over = false;
  private ice: RTCIceConnectionState = 'new';
  private signalled = false;

  constructor(
    private readonly listener: CallListener,
    private settings: VoiceSettings,
    private readonly sounds: HTMLElement,
  ) {
    this.room = new Room({
      // A picture that nobody sees, since its tab is hidden, is not sent either.
      adaptiveStream: true,
      // A size that nobody looks at is not encoded.
      dynacast: true,
      audioCaptureDefaults: captureOptions(settings),
      reconnectPolicy: {
        nextRetryDelayInMs: ({ retryCount }) => {
          const delay = RETRY_DELAYS_MS[retryCount];
          return delay === undefined ? null : delay + Math.random() * RETRY_SPREAD_MS;
        },
      },
      ...(settings.speaker ? { audioOutput: { deviceId: settings.speaker } } : {}),
    });
    this.listen();
  }

  async connect(url: string, token: string): Promise<void> {
    const watch = setInterval(() => this.notePeerState(), 100);
    try {
      await this.room.connect(url, token, { peerConnectionTimeout: PEER_CONNECTION_TIMEOUT_MS });
    } catch (error) {
      this.notePeerState();
      throw new ConnectFailed(failureOf(error), this.progress());
    } finally {
      clearInterval(watch);
    }
    this.tellPeople();
  }

  /** Asks for the microphone; may run while the connection is still being made. */
  async openMicrophone(): Promise<void> {
    this.opening ??= createLocalAudioTrack(captureOptions(this.settings));
    try {
      const track = await this.opening;
      if (this.over) track.stop();
    } catch (error) {
      this.opening = null;
      throw error;
    }
  }

  /** Lets the room hear the microphone, or not. The last wish wins. */
  async speak(on: boolean): Promise<void> {
    this.wanted = on;
    if (!on) {
      await this.track?.mute();
      return;
    }
    await this.openMicrophone();
    const track = await this.opening;
    if (!track || this.over) return;
    if (this.track === null) {
      this.track = track;
      if (!this.wanted) await track.mute();
      await this.room.localParticipant.publishTrack(track, { source: Track.Source.Microphone });
    }
    if (this.wanted) await this.track.unmute();
    else await this.track.mute();
  }

  async apply(settings: VoiceSettings): Promise<void> {
    const before = this.settings;
    this.settings = settings;
    if (settings.speaker !== before.speaker) {
      await this.room.switchActiveDevice('audiooutput', settings.speaker || 'default', false);
    }
    const capture = [
      'microphone',
      'noiseSuppression',
      'echoCancellation',
      'autoGainControl',
    ] as const;
    if (capture.some((key) => settings[key] !== before[key])) {
      await this.track?.restartTrack(captureOptions(settings));
    }
    const shown = this.room.localParticipant.getTrackPublication(Track.Source.Camera);
    if (settings.camera !== before.camera && shown && !shown.isMuted) {
      await shown.videoTrack?.restartTrack(cameraCapture(settings.camera));
    }
    for (const person of this.room.remoteParticipants.values()) this.applyVolume(person);
  }

  /** Shows a screen of the person's choice to the room, or ends that. */
  async shareScreen(on: boolean): Promise<void> {
    await this.room.localParticipant.setScreenShareEnabled(on, screenCapture, screenPublishing);
    if (this.over) await this.room.localParticipant.setScreenShareEnabled(false);
    this.tellPeople();
  }

  /** Shows the person's face to the room, or ends that. */
  async showCamera(on: boolean): Promise<void> {
    const { localParticipant } = this.room;
    await localParticipant.setCameraEnabled(
      on,
      cameraCapture(this.settings.camera),
      cameraPublishing,
    );
    if (this.over) await localParticipant.setCameraEnabled(false);
    this.tellPeople();
  }

  /** Shows one of the pictures in a `<video>` until the returned function is called. */
  show(id: string, element: HTMLVideoElement): () => void {
    return showIn(this.room, id, element);
  }

  microphoneTrack(): MediaStreamTrack | null {
    return this.track?.mediaStreamTrack ?? null;
  }

  /** Browsers want a click before a page may make sound. */
  startSound(): Promise<void> {
    return this.room.startAudio();
  }

  async facts(): Promise<ConnectionFacts> {
    return factsFrom(await this.room.engine?.pcManager?.publisher.getStats());
  }

  async close(): Promise<void> {
    this.over = true;
    const opening = this.opening;
    this.opening = null;
    void opening?.then((track) => track.stop()).catch(() => {});
    await this.room.disconnect();
    this.sounds.replaceChildren();
  }

  private listen(): void {
    const people = () => this.tellPeople();
    this.room
      .on(RoomEvent.ParticipantConnected, people)
      .on(RoomEvent.ParticipantDisconnected, people)
      .on(RoomEvent.ParticipantNameChanged, people)
      .on(RoomEvent.TrackPublished, people)
      .on(RoomEvent.TrackUnpublished, people)
      .on(RoomEvent.LocalTrackPublished, people)
      .on(RoomEvent.LocalTrackUnpublished, people)
      .on(RoomEvent.TrackMuted, people)
      .on(RoomEvent.TrackUnmuted, people)
      .on(RoomEvent.TrackSubscribed, (track, _, person) => {
        this.play(track, person);
        people();
      })
      .on(RoomEvent.TrackUnsubscribed, (track) => {
        // Only the elements of sounds are ours; a picture's belongs to the page.
        if (track.kind === Track.Kind.Audio) for (const one of track.detach()) one.remove();
        people();
      })
      .on(RoomEvent.ActiveSpeakersChanged, (speakers) => {
        this.listener.speaking(new Set(speakers.map(({ identity }) => identity)));
      })
      .on(RoomEvent.ConnectionQualityChanged, (quality, person) => {
        if (person.isLocal) this.listener.quality(qualities[quality]);
      })
      .on(RoomEvent.SignalConnected, () => {
        this.signalled = true;
      })
      .on(RoomEvent.SignalReconnecting, () => this.listener.reconnecting())
      .on(RoomEvent.Reconnecting, () => this.listener.reconnecting())
      .on(RoomEvent.Reconnected, () => {
        this.listener.connected();
        this.tellPeople();
      })
      .on(RoomEvent.AudioPlaybackStatusChanged, (playing) => this.listener.soundBlocked(!playing))
      .on(RoomEvent.Disconnected, (reason) => {
        if (!this.over) this.listener.ended(reason);
      })
      .on(RoomEvent.LocalTrackUnpublished, (publication) => {
        if (publication.source !== Track.Source.Microphone || this.over) return;
        this.track = null;
        this.opening = null;
        this.listener.microphoneLost();
      });
  }

  private play(track: RemoteTrack, person: RemoteParticipant): void {
    if (!(track instanceof RemoteAudioTrack)) return;
    this.sounds.append(track.attach());
    this.applyVolume(person);
  }

  private applyVolume(person: RemoteParticipant): void {
    const volume = this.settings.volumes[person.identity];
    if (volume !== undefined) person.setVolume(volume);
  }

  private tellPeople(): void {
    const { localParticipant, remoteParticipants } = this.room;
    const others = [...remoteParticipants.values()].sort(
      (one, other) => Number(one.joinedAt ?? 0) - Number(other.joinedAt ?? 0),
    );
    this.listener.people([localParticipant, ...others].map(personOf));
    this.listener.pictures(picturesOf(this.room));
  }

  private notePeerState(): void {
    const state = this.room.engine?.pcManager?.publisher.getICEConnectionState();
    // The state when it was farthest: a failed connection is closed before anybody can ask.
    if (state && state !== 'closed' && !this.iceReached()) this.ice = state;
  }

  private iceReached(): boolean {
    return this.ice === 'connected' || this.ice === 'completed';
  }

  private progress(): TransportProgress {
    return { signalled: this.signalled, ice: this.ice, dtlsFailed: this.iceReached() };
  }
}

function personOf(participant: Participant): Person {
  return {
    identity: participant.identity,
    name: participant.name || participant.identity,
    local: participant.isLocal,
    microphone: participant.isMicrophoneEnabled,
  };
}

function failureOf(error: unknown): ConnectFailure {
  const { reason, status, message } = error as {
    reason?: ConnectionErrorReason;
    status?: number;
    message?: string;
  };
  return {
    reason: reason === undefined ? undefined : ConnectionErrorReason[reason],
    status,
    message: message ?? String(error),
  };
}
