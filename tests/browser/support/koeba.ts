/** A Koeba of one's own: the runner on free ports, keeping nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const RUNNER = process.env['KOEBA_LOCAL'] ?? path.join(ROOT, 'target/debug/koeba-local');
const START_PATIENCE_MS = 60_000;

/** The line that the runner prints when everything answers. */
interface Ready {
  ready: true;
  app: string;
  api: string;
  media: string;
  mail: string;
  data: string;
  /** With `--media-nodes`: the nodes, each a process. */
  nodes?: { id: string; pid: number; signal: string }[];
}

export interface Koeba {
  readonly ready: Ready;
  stop(): Promise<void>;
}

export async function startKoeba(...more: string[]): Promise<Koeba> {
  const options = [...more, '--in-memory', '--http-addr', '127.0.0.1:0', '--media-addr', '127.0.0.1:0'];
  const runner = spawn(RUNNER, [...options, '--web-dir', path.join(ROOT, 'web/dist')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = await readyLine(runner);
  return { ready, stop: () => stop(runner) };
}

async function readyLine(runner: ChildProcess): Promise<Ready> {
  let said = '';
  runner.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const lines = createInterface({ input: runner.stdout as NodeJS.ReadableStream });
  return new Promise<Ready>((resolve, reject) => {
    const refuse = (why: string) => {
      clearTimeout(deadline);
      runner.kill('SIGKILL');
      reject(new Error(`${RUNNER} ${why}\n${said}`));
    };
    const deadline = setTimeout(() => refuse('is not ready in time'), START_PATIENCE_MS);
    runner.once('error', (error) => refuse(`does not start: ${error.message}`));
    runner.once('exit', (code) => refuse(`ended with ${code} before it was ready`));
    lines.once('line', (line) => {
      clearTimeout(deadline);
      runner.removeAllListeners('exit');
      resolve(JSON.parse(line) as Ready);
    });
  });
}

async function stop(runner: ChildProcess): Promise<void> {
  if (runner.exitCode !== null) {
    return;
  }
  const ended = once(runner, 'exit');
  runner.kill('SIGINT');
  const [code] = await ended;
  if (code !== 0) {
    throw new Error(`the runner ended with ${code} after Ctrl-C`);
  }
}
