import type { Catalogue } from '../i18n';

/** Everything that can go wrong with a call, by the cause that a person can do something about. */
export type VoiceProblemCode =
  | 'mic-refused'
  | 'mic-none'
  | 'mic-busy'
  | 'mic-insecure'
  | 'mic-other'
  | 'camera-refused'
  | 'camera-none'
  | 'camera-busy'
  | 'camera-insecure'
  | 'camera-other'
  | 'screen-refused'
  | 'screen-other'
  | 'media-unreachable'
  | 'media-blocked'
  | 'dtls'
  | 'webrtc'
  | 'token'
  | 'room-gone'
  | 'room-full'
  | 'replaced'
  | 'removed'
  | 'lost'
  | 'shutdown'
  | 'audio-blocked'
  | 'signed-out'
  | 'server'
  | 'unreachable'
  | 'unknown';

export interface VoiceProblem {
  readonly code: VoiceProblemCode;
  /** What to quote when asking for help: the code, this attempt, and the server's request if any. */
  readonly diagnosticId: string;
  /** The server's own words, when it has some. */
  readonly detail?: string;
}

type TextKey = { [K in keyof Catalogue]: Catalogue[K] extends string ? K : never }[keyof Catalogue];

const words: Record<VoiceProblemCode, readonly [cause: TextKey, advice: TextKey]> = {
  'mic-refused': ['problemMicRefused', 'problemMicRefusedDo'],
  'mic-none': ['problemMicNone', 'problemMicNoneDo'],
  'mic-busy': ['problemMicBusy', 'problemMicBusyDo'],
  'mic-insecure': ['problemMicInsecure', 'problemMicInsecureDo'],
  'mic-other': ['problemMicOther', 'problemMicOtherDo'],
  'camera-refused': ['problemCameraRefused', 'problemCameraRefusedDo'],
  'camera-none': ['problemCameraNone', 'problemCameraNoneDo'],
  'camera-busy': ['problemCameraBusy', 'problemCameraBusyDo'],
  'camera-insecure': ['problemCameraInsecure', 'problemMicInsecureDo'],
  'camera-other': ['problemCameraOther', 'problemCameraOtherDo'],
  'screen-refused': ['problemScreenRefused', 'problemScreenRefusedDo'],
  'screen-other': ['problemScreenOther', 'problemScreenOtherDo'],
  'media-unreachable': ['problemMediaUnreachable', 'problemMediaUnreachableDo'],
  'media-blocked': ['problemMediaBlocked', 'problemMediaBlockedDo'],
  dtls: ['problemDtls', 'problemDtlsDo'],
  webrtc: ['problemWebRtc', 'problemWebRtcDo'],
  token: ['problemToken', 'problemTokenDo'],
  'room-gone': ['problemRoomGone', 'problemRoomGoneDo'],
  'room-full': ['problemRoomFull', 'problemRoomFullDo'],
  replaced: ['problemReplaced', 'problemReplacedDo'],
  removed: ['problemRemoved', 'problemRemovedDo'],
  lost: ['problemLost', 'problemLostDo'],
  shutdown: ['problemShutdown', 'problemShutdownDo'],
  'audio-blocked': ['problemAudioBlocked', 'problemAudioBlockedDo'],
  'signed-out': ['problemSignedOut', 'problemSignedOutDo'],
  server: ['problemServer', 'problemServerDo'],
  unreachable: ['problemUnreachable', 'problemUnreachableDo'],
  unknown: ['problemUnknown', 'problemUnknownDo'],
};

export function explain(problem: VoiceProblem, text: Catalogue): { cause: string; advice: string } {
  const [cause, advice] = words[problem.code];
  return { cause: text[cause], advice: problem.detail || text[advice] };
}

export const isMicrophoneProblem = (code: VoiceProblemCode): boolean => code.startsWith('mic-');

type DeviceTrouble = 'refused' | 'none' | 'busy' | 'insecure' | 'other';

/** Why a browser did not give a microphone. */
export const microphoneProblem = (error: unknown, secure: boolean): VoiceProblemCode =>
  `mic-${deviceTrouble(error, secure)}`;

/** Why a browser did not give a camera. */
export const cameraProblem = (error: unknown, secure: boolean): VoiceProblemCode =>
  `camera-${deviceTrouble(error, secure)}`;

function deviceTrouble(error: unknown, secure: boolean): DeviceTrouble {
  if (!secure) return 'insecure';
  switch ((error as { name?: string } | null)?.name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    default:
      return 'other';
  }
}

/** Why a screen is not shown; null when the person thought better of it. */
export function screenProblem(error: unknown): VoiceProblemCode | null {
  const { name, message } = (error ?? {}) as { name?: string; message?: string };
  if (name === 'AbortError') return null;
  if (name !== 'NotAllowedError') return 'screen-other';
  // Chromium and Firefox name the system when it was not the person who said no.
  return /system|platform/i.test(message ?? '') ? 'screen-refused' : null;
}

/** How far the transport had come when a connection failed. */
export interface TransportProgress {
  readonly signalled: boolean;
  readonly ice: RTCIceConnectionState;
  readonly dtlsFailed: boolean;
}

/** What livekit-client says about a failed attempt, without its classes. */
export interface ConnectFailure {
  readonly reason?: string | undefined;
  readonly status?: number | undefined;
  readonly message: string;
}

/** Why a call could not be connected. */
export function connectProblem(failure: ConnectFailure, at: TransportProgress): VoiceProblemCode {
  const message = failure.message.toLowerCase();
  if (failure.reason === 'NotAllowed') {
    if (message.includes('does not exist')) return 'room-gone';
    if (message.includes('full')) return 'room-full';
    return 'token';
  }
  if (failure.status === 404) return 'room-gone';
  if (at.signalled) {
    if (at.dtlsFailed) return 'dtls';
    return 'media-blocked';
  }
  switch (failure.reason) {
    case 'ServerUnreachable':
    case 'WebSocket':
    case 'Timeout':
    case 'ServiceNotFound':
    case 'InternalError':
      return 'media-unreachable';
    default:
      return 'unknown';
  }
}

/** Why a call that was going on ended, by LiveKit's number for it; null when it was our own wish. */
export function disconnectProblem(reason: number | undefined): VoiceProblemCode | null {
  switch (reason) {
    case 1:
      return null;
    case 2:
      return 'replaced';
    case 3:
    case 8:
      return 'shutdown';
    case 4:
      return 'removed';
    case 5:
    case 10:
      return 'room-gone';
    default:
      return 'lost';
  }
}

/** Why the server gave no permission to enter. */
export function permitProblem(slug: string, status: number): VoiceProblemCode {
  if (slug === 'unreachable') return 'unreachable';
  if (slug === 'room-full') return 'room-full';
  if (status === 401) return 'signed-out';
  if (status === 404 || status === 410) return 'room-gone';
  return 'server';
}

const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A short name for one attempt to call, which people can read to each other. */
export function newAttemptId(random = crypto.getRandomValues(new Uint8Array(6))): string {
  return [...random].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
