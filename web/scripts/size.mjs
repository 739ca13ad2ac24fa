// Fails when what a browser must load has grown past what was promised.
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMITS = { shell: 45 * 1024, voice: 170 * 1024, page: 40 * 1024 };
/** The chunk that holds livekit-client. */
const VOICE = 'src/voice/call.ts';
const dist = new URL('../dist/', import.meta.url);

function manifest() {
  const file = new URL('.vite/manifest.json', dist);
  if (!statSync(file, { throwIfNoEntry: false })) {
    console.error('dist/ is not there. Run `npm run build` first.');
    process.exit(1);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The files that load together with a chunk: itself, what it imports at once, and its styles. */
function filesOf(chunks, name, seen = new Set()) {
  const chunk = chunks[name];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const next of chunk.imports ?? []) filesOf(chunks, next, seen);
  return seen;
}

const gzip = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const total = (files) => [...files].reduce((sum, file) => sum + gzip(file), 0);

const chunks = manifest();
const shell = filesOf(chunks, 'index.html');
const parts = [['shell', LIMITS.shell, shell]];
for (const name of Object.keys(chunks).filter((name) => chunks[name].isDynamicEntry)) {
  const more = [...filesOf(chunks, name)].filter((file) => !shell.has(file));
  if (name === VOICE) parts.push(['voice', LIMITS.voice, more]);
  else parts.push([name, LIMITS.page, more]);
}

let failed = parts.length < 2;
for (const [part, limit, files] of parts) {
  const bytes = total(files);
  const over = bytes > limit;
  failed ||= over;
  const kib = (n) => (n / 1024).toFixed(1);
  console.log(`${part}: ${kib(bytes)} KiB gzip of ${kib(limit)}${over ? ' — too large' : ''}`);
}
process.exit(failed ? 1 : 0);
