import { signal } from '@preact/signals';
import { remembered } from '../ui/remembered';

/** What somebody has chosen for their calls in this browser. */
export interface VoiceSettings {
  /** M and Space work while in a room. */
  readonly keys: boolean;
  /** Rooms are entered with the microphone on. */
  readonly enterOn: boolean;
  readonly noiseSuppression: boolean;
  readonly echoCancellation: boolean;
  readonly autoGainControl: boolean;
  /** Device ids; empty for what the system prefers. */
  readonly microphone: string;
  readonly speaker: string;
  readonly camera: string;
  /** How loud somebody is to be, from 0 to 1, by their identity. */
  readonly volumes: Readonly<Record<string, number>>;
}

export const defaults: VoiceSettings = {
  keys: true,
  enterOn: true,
  noiseSuppression: true,
  echoCancellation: true,
  autoGainControl: true,
  microphone: '',
  speaker: '',
  camera: '',
  volumes: {},
};

/** Reads what was stored, and takes nothing from it that is not of the right kind. */
export function readSettings(stored: string | null): VoiceSettings {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(stored ?? '{}') ?? {};
  } catch {
    return defaults;
  }
  const settings: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(defaults)) {
    if (typeof found[key] === typeof value && found[key] !== null) settings[key] = found[key];
  }
  const volumes = Object.entries(settings.volumes as Record<string, unknown>).filter(
    ([, volume]) => typeof volume === 'number' && volume >= 0 && volume <= 1,
  );
  settings.volumes = Object.fromEntries(volumes);
  return settings as unknown as VoiceSettings;
}

const stored = remembered('koeba.voice');

export const settings = signal<VoiceSettings>(readSettings(stored.read()));

export function change(part: Partial<VoiceSettings>): void {
  settings.value = { ...settings.value, ...part };
  stored.write(JSON.stringify(settings.value));
}
