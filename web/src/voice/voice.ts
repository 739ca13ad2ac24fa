/**
 * The call of this page: what is going on as signals, and what a person can do about it.
 *
 * There is at most one call. Every step that waits checks afterwards that its call is still the
 * one that is wanted, so leaving or changing rooms never has to wait for anything.
 */
import { computed, effect, signal } from '@preact/signals';
import { ApiProblem, answer, api } from '../api/client';
import type { Call, CallListener, Person } from './call';
import { type ConnectionFacts, nothingKnown, type Quality, qualityOf } from './facts';
import type { Picture } from './pictures';
import {
  cameraProblem,
  connectProblem,
  disconnectProblem,
  isMicrophoneProblem,
  microphoneProblem,
  newAttemptId,
  permitProblem,
  screenProblem,
  type VoiceProblem,
  type VoiceProblemCode,
} from './problems';
import { settings } from './settings';

export interface Place {
  readonly workspaceId: string;
  readonly roomId: string;
  readonly roomName: string;
}

export type CallState = 'idle' | 'joining' | 'connected' | 'reconnecting';
export type MicrophoneState = 'off' | 'asking' | 'on';

export const place = signal<Place | null>(null);
/** Where a call was last tried, so that it can be tried again. */
export const lastPlace = signal<Place | null>(null);
export const callState = signal<CallState>('idle');
export const people = signal<readonly Person[]>([]);
export const speaking = signal<ReadonlySet<string>>(new Set());
/** How good the line is: as the media node judges it, or by our own measure until it does. */
export const quality = computed<Quality>(() =>
  judged.value === 'unknown' ? measured.value : judged.value,
);
export const microphone = signal<MicrophoneState>('off');
/** The microphone is on only as long as a key or button is held. */
export const holding = signal(false);
/** The screens and cameras of the room, one's own included, screens first. */
export const pictures = signal<readonly Picture[]>([]);
/** The screen that this page shares. */
export const screen = signal<'off' | 'asking' | 'on'>('off');
/** Whether this page shows a face. */
export const camera = signal<'off' | 'asking' | 'on'>('off');
export const problem = signal<VoiceProblem | null>(null);
export const attempt = signal('');

const judged = signal<Quality>('unknown');
const measured = signal<Quality>('unknown');

let call: Call | null = null;
let current = 0;

const loadCall = () => import('./call');

/** Begins to load what a call needs, on the first sign that somebody is about to join. */
export function warmUp(): void {
  void loadCall().catch(() => {});
}

export async function join(to: Place): Promise<void> {
  if (place.value?.roomId === to.roomId) return;
  endCall();
  const mine = current;
  place.value = to;
  lastPlace.value = to;
  callState.value = 'joining';
  problem.value = null;
  attempt.value = newAttemptId();
  try {
    if (!('RTCPeerConnection' in globalThis)) return fail('webrtc');
    const [{ Call }, permit] = await Promise.all([loadCall(), askPermit(to)]);
    if (mine !== current) return;
    const made = new Call(listenerFor(mine), settings.value, soundsElement());
    call = made;
    // The permission prompt runs beside the connection: nobody waits for it to listen.
    if (settings.value.enterOn) {
      microphone.value = 'asking';
      made.openMicrophone().catch(() => {});
    }
    await made.connect(permit.url, permit.token);
    if (mine !== current) return;
    callState.value = 'connected';
    if (settings.value.enterOn) void switchMicrophone(true);
  } catch (error) {
    if (mine === current) failWith(error);
  }
}

const askPermit = ({ workspaceId, roomId }: Place) =>
  answer(
    api.POST('/api/workspaces/{workspace_id}/rooms/{room_id}/join', {
      params: { path: { workspace_id: workspaceId, room_id: roomId } },
    }),
  );

export function leave(): void {
  endCall();
  problem.value = null;
}

export async function switchMicrophone(on: boolean): Promise<void> {
  const mine = current;
  const made = call;
  if (!made || callState.value === 'joining') return;
  microphone.value = on ? (made.microphoneTrack() ? 'on' : 'asking') : 'off';
  try {
    await made.speak(on);
    if (mine !== current || !on) return;
    // Somebody may have switched off again while the browser was asking.
    if (microphone.value !== 'off') microphone.value = 'on';
    if (problem.value && isMicrophoneProblem(problem.value.code)) problem.value = null;
  } catch (error) {
    if (mine !== current) return;
    microphone.value = 'off';
    holding.value = false;
    say(microphoneProblem(error, globalThis.isSecureContext));
  }
}

export function toggleMicrophone(): void {
  holding.value = false;
  void switchMicrophone(microphone.value === 'off');
}

/** Hold to talk; does nothing when the microphone is on anyway. */
export function startTalking(): void {
  if (!call || microphone.value !== 'off') return;
  holding.value = true;
  void switchMicrophone(true);
}

export function stopTalking(): void {
  if (!holding.value) return;
  holding.value = false;
  void switchMicrophone(false);
}

/** Whether this browser can show a screen to others; phones cannot. */
export const canShareScreen = (): boolean =>
  typeof navigator.mediaDevices?.getDisplayMedia === 'function';

export async function shareScreen(on: boolean): Promise<void> {
  const mine = current;
  const made = call;
  if (!made || callState.value === 'joining' || screen.value === 'asking') return;
  screen.value = on ? 'asking' : 'off';
  try {
    await made.shareScreen(on);
    if (mine === current && problem.value?.code.startsWith('screen-')) problem.value = null;
  } catch (error) {
    const code = screenProblem(error);
    if (mine === current && code) say(code);
  } finally {
    if (mine === current) screen.value = isShared() ? 'on' : 'off';
  }
}

export async function showCamera(on: boolean): Promise<void> {
  const mine = current;
  const made = call;
  if (!made || callState.value === 'joining' || camera.value === 'asking') return;
  camera.value = on ? 'asking' : 'off';
  try {
    await made.showCamera(on);
    if (mine === current && problem.value?.code.startsWith('camera-')) problem.value = null;
  } catch (error) {
    if (mine === current) say(cameraProblem(error, globalThis.isSecureContext));
  } finally {
    if (mine === current) camera.value = ownFace.value ? 'on' : 'off';
  }
}

/** What is shown large: everything but one's own face, which is in one's own tile. */
export const onStage = computed(() => pictures.value.filter((one) => one !== ownFace.value));

/** One's own face, while the room sees it. */
export const ownFace = computed(() =>
  pictures.value.find(({ local, kind }) => local && kind === 'camera'),
);

const isShared = (): boolean =>
  pictures.value.some(({ local, kind }) => local && kind === 'screen');

/** Shows a picture of the room in a `<video>` until the returned function is called. */
export const show = (id: string, element: HTMLVideoElement): (() => void) =>
  call?.show(id, element) ?? (() => {});

export async function startSound(): Promise<void> {
  await call?.startSound();
}

export const microphoneTrack = (): MediaStreamTrack | null => call?.microphoneTrack() ?? null;

export const facts = async (): Promise<ConnectionFacts> => (await call?.facts()) ?? nothingKnown;

effect(() => {
  const wanted = settings.value;
  call?.apply(wanted).catch((error) => say(microphoneProblem(error, globalThis.isSecureContext)));
});

const MEASURE_MS = 3000;

effect(() => {
  if (callState.value !== 'connected') return;
  const timer = setInterval(() => {
    facts()
      .then((now) => {
        if (callState.value === 'connected') measured.value = qualityOf(now);
      })
      .catch(() => {});
  }, MEASURE_MS);
  return () => clearInterval(timer);
});

function listenerFor(mine: number): CallListener {
  const ours =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      if (mine === current) act(...args);
    };
  return {
    people: ours((now) => {
      people.value = now;
    }),
    pictures: ours((now) => {
      pictures.value = now;
      // The browser's own button ends it too.
      if (screen.value !== 'asking') screen.value = isShared() ? 'on' : 'off';
      if (camera.value !== 'asking') camera.value = ownFace.value ? 'on' : 'off';
    }),
    speaking: ours((now) => {
      speaking.value = now;
    }),
    quality: ours((now) => {
      judged.value = now;
    }),
    reconnecting: ours(() => {
      if (callState.value === 'connected') callState.value = 'reconnecting';
    }),
    connected: ours(() => {
      if (callState.value === 'reconnecting') callState.value = 'connected';
    }),
    soundBlocked: ours((blocked) => {
      if (blocked) say('audio-blocked');
      else if (problem.value?.code === 'audio-blocked') problem.value = null;
    }),
    microphoneLost: ours(() => {
      microphone.value = 'off';
      holding.value = false;
      say('mic-none');
    }),
    ended: ours((reason) => {
      // While joining, the failed connect itself tells more about the cause.
      if (callState.value === 'joining') return;
      const code = disconnectProblem(reason);
      if (code) fail(code);
      else endCall();
    }),
  };
}

function failWith(error: unknown): void {
  if (error instanceof ApiProblem) {
    fail(permitProblem(error.slug, error.status), error.detail, error.requestId);
  } else if (error instanceof Error && error.name === 'ConnectFailed') {
    const { failure, progress } = error as import('./call').ConnectFailed;
    fail(connectProblem(failure, progress));
  } else {
    // What is left is the voice chunk itself, which could not be fetched.
    fail(error instanceof TypeError ? 'unreachable' : 'unknown');
  }
}

function fail(code: VoiceProblemCode, detail = '', requestId = ''): void {
  endCall();
  say(code, detail, requestId);
}

function say(code: VoiceProblemCode, detail = '', requestId = ''): void {
  const id = ['KB', code.toUpperCase(), attempt.value, requestId].filter(Boolean).join('-');
  problem.value = { code, diagnosticId: id, ...(detail ? { detail } : {}) };
}

function endCall(): void {
  current += 1;
  const made = call;
  call = null;
  place.value = null;
  callState.value = 'idle';
  people.value = [];
  pictures.value = [];
  screen.value = 'off';
  camera.value = 'off';
  speaking.value = new Set();
  judged.value = 'unknown';
  measured.value = 'unknown';
  microphone.value = 'off';
  holding.value = false;
  void made?.close().catch(() => {});
}

/** Where the voices of the others are played; nothing to see. */
function soundsElement(): HTMLElement {
  const known = document.getElementById('sounds');
  if (known) return known;
  const element = document.createElement('div');
  element.id = 'sounds';
  element.hidden = true;
  document.body.append(element);
  return element;
}
