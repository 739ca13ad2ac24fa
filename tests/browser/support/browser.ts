/** One browser process per person, each with a microphone of its own. */
import { type Browser, chromium } from '@playwright/test';

export interface Microphone {
  /** The WAV file that the fake microphone plays. */
  file?: string;
  /** Whether the person lets the page use it. */
  allowed: boolean;
}

/** A network that drops every UDP packet, as the browser sees it. */
export const WITHOUT_UDP = ['--webrtc-ip-handling-policy=disable_non_proxied_udp'];

export async function launch(
  microphone: Microphone,
  more: readonly string[] = [],
): Promise<Browser> {
  const args = [
    '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-gpu',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
    ...more,
  ];
  if (microphone.file) {
    args.push(`--use-file-for-fake-audio-capture=${microphone.file}`);
  }
  if (microphone.allowed) {
    args.push('--use-fake-ui-for-media-stream');
  }
  if (process.getuid?.() === 0) {
    args.push('--no-sandbox');
  }
  return chromium.launch({
    executablePath: process.env['KOEBA_CHROMIUM'] ?? '/usr/bin/chromium',
    args,
  });
}
