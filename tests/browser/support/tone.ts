/** A voice that a computer can recognise: one frequency, swelling as syllables do. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const RATE = 48_000;
const SECONDS = 12;
/** A steady tone is what noise suppression removes; a swelling one passes for speech. */
const SYLLABLES_PER_SECOND = 3;

/** Writes the tone as a WAV file, for a fake microphone that plays it over and over. */
export async function writeTone(hertz: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'koeba-tone-'));
  const file = path.join(folder, `${hertz}hz.wav`);
  await writeFile(file, wav(hertz));
  return file;
}

function wav(hertz: number): Buffer {
  const samples = RATE * SECONDS;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // one channel
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    const time = at / RATE;
    const swell = 0.6 + 0.4 * Math.cos(2 * Math.PI * SYLLABLES_PER_SECOND * time);
    const sample = 0.5 * swell * Math.sin(2 * Math.PI * hertz * time);
    file.writeInt16LE(Math.round(sample * 32_767), 44 + at * 2);
  }
  return file;
}
