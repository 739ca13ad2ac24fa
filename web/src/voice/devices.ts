import { signal } from '@preact/signals';

export const microphones = signal<readonly MediaDeviceInfo[]>([]);
export const cameras = signal<readonly MediaDeviceInfo[]>([]);
export const speakers = signal<readonly MediaDeviceInfo[]>([]);

/** Whether this browser lets a page choose where its sound goes. */
export const canChooseSpeaker = 'setSinkId' in (globalThis.HTMLMediaElement?.prototype ?? {});

/** On iOS a page cannot set how loud one person is without losing sound in the background. */
export const canSetVolume = !isAppleTouch(globalThis.navigator);

export function isAppleTouch(
  browser: Pick<Navigator, 'userAgent' | 'maxTouchPoints'> | undefined,
): boolean {
  if (!browser) return false;
  if (/iP(hone|ad|od)/.test(browser.userAgent)) return true;
  return /Macintosh/.test(browser.userAgent) && browser.maxTouchPoints > 1;
}

/** Asks which devices there are now. Their names are known once a microphone was allowed. */
export async function refreshDevices(): Promise<void> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  // "default" and "communications" are other names of devices that are listed as well.
  const real = devices.filter(
    ({ deviceId }) => deviceId && deviceId !== 'default' && deviceId !== 'communications',
  );
  microphones.value = real.filter(({ kind }) => kind === 'audioinput');
  cameras.value = real.filter(({ kind }) => kind === 'videoinput');
  speakers.value = real.filter(({ kind }) => kind === 'audiooutput');
}

/** Keeps the lists true while somebody looks at them; the returned function stops it. */
export function watchDevices(): () => void {
  const refresh = () => void refreshDevices();
  refresh();
  navigator.mediaDevices?.addEventListener('devicechange', refresh);
  return () => navigator.mediaDevices?.removeEventListener('devicechange', refresh);
}
