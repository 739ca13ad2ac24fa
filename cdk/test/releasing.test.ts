import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decide, record, versions } from '../lib/releasing.ts';
import { configuration } from './world.ts';

const prod = { stage: 'prod' } as const;
const WHY = 'Nobody can sign in since the last release';
const TOLD = 'Mail to all managers and a banner at 14:05';
const at = (time: string) => new Date(`${time}+09:00`);

describe('a regular deployment', () => {
  it.each([
    ['2026-11-27T20:59:59', 'refused'],
    ['2026-11-27T21:00:00', 'regular'],
    ['2026-11-27T22:59:59', 'regular'],
    ['2026-11-27T23:00:00', 'refused'],
    ['2026-11-28T21:30:00', 'refused'],
    ['2028-02-25T21:30:00', 'regular'],
  ])('that begins at %s in Japan is %s', (time, kind) => {
    expect(decide(prod, { now: at(time) }).kind).toBe(kind);
  });

  it('of what people only try out begins at any time', () => {
    expect(decide({ stage: 'dev' }, { now: at('2026-11-24T10:00:00') }).kind).toBe('regular');
  });
});

describe('a deployment outside of the window', () => {
  const now = at('2026-11-24T14:10:00');

  it('needs a reason, and word to people before', () => {
    expect(decide(prod, { now })).toHaveProperty('sentence', expect.stringContaining('--reason'));
    expect(decide(prod, { now, reason: 'urgent', notice: TOLD }).kind).toBe('refused');
    expect(decide(prod, { now, reason: WHY })).toHaveProperty(
      'sentence',
      expect.stringContaining('--notice'),
    );
    expect(decide(prod, { now, reason: WHY, notice: TOLD }).kind).toBe('exceptional');
  });

  it('is written down with both, with who did it and what', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const written = record(
      { now, reason: WHY, notice: TOLD },
      'exceptional',
      commit,
      'arn:someone',
    );
    expect(written).toEqual({
      version: '20261124T051000Z-0123456789ab',
      at: '2026-11-24T05:10:00.000Z',
      kind: 'exceptional',
      commit,
      by: 'arn:someone',
      reason: WHY,
      notice: TOLD,
    });
  });
});

describe('going back', () => {
  it('offers the last ten releases, newest first', () => {
    const line = (day: number) =>
      `                           PRE 202611${10 + day}T120000Z-abcdef012345/`;
    const listing = Array.from({ length: 12 }, (_, day) => line(day)).join('\n');
    const offered = versions(listing);
    expect(offered).toHaveLength(10);
    expect(offered[0]).toBe('20261121T120000Z-abcdef012345');
    expect(versions('An error occurred')).toEqual([]);
  });

  it('is one command at any hour: it fetches what was kept, and deploys exactly that', async () => {
    const world = programs();
    const version = '20261121T120000Z-abcdef012345';
    await world.run('rollback', version);
    const [list, fetch, deploy] = world.calls();
    expect(list).toContain('aws s3 ls s3://koeba-releases-111122223333-ap-northeast-1/releases/');
    expect(fetch).toContain(`releases/${version}/assembly/ `);
    const folder = fetch?.split(' ').at(-1) ?? 'none';
    expect(deploy).toContain(`cdk deploy --all --app ${folder}`);
  });

  it('asks which release, when it is told none that is kept', async () => {
    await expect(programs().run('rollback', 'yesterday')).rejects.toThrow(
      'Say which release to go back to:\n  20261121T120000Z-abcdef012345',
    );
  });
});

/** The command with stand-ins for `aws` and `cdk`, which note what they are called with. */
function programs() {
  const home = join(import.meta.dirname, '..');
  const folder = mkdtempSync(join(tmpdir(), 'koeba-programs-'));
  const log = join(folder, 'calls');
  const config = join(folder, 'config.ts');
  writeFileSync(config, `export default ${JSON.stringify(configuration())};\n`);
  for (const name of ['aws', 'cdk']) {
    const lists = `case "$*" in "s3 ls"*) echo "  PRE 20261121T120000Z-abcdef012345/";; esac`;
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> ${log}\n${lists}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return {
    calls: () => readFileSync(log, 'utf8').trim().split('\n'),
    run: (...args: string[]) =>
      promisify(execFile)(
        join(home, 'node_modules/.bin/tsx'),
        [join(home, 'bin/release.ts'), ...args, '--config', config],
        { cwd: home, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } },
      ),
  };
}
