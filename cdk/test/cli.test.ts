import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configuration } from './world.ts';

const run = promisify(execFile);
const home = join(import.meta.dirname, '..');

/** Runs `cdk synth` as somebody who deploys would, on a machine that reaches nothing. */
async function synth(config: string): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'koeba-cli-'));
  const options = [
    'synth',
    '--quiet',
    '--no-notices',
    '--output',
    out,
    '--context',
    `config=${config}`,
  ];
  await run(join(home, 'node_modules/.bin/cdk'), options, {
    cwd: home,
    env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true', HTTPS_PROXY: 'http://127.0.0.1:9' },
  });
  return out;
}

/** A file as somebody would write it. */
function file(input: object): string {
  const path = join(mkdtempSync(join(tmpdir(), 'koeba-config-')), 'config.ts');
  writeFileSync(path, `export default ${JSON.stringify(input)};\n`);
  return path;
}

describe('cdk synth', () => {
  it.each(['dev', 'prod'] as const)(
    'makes all templates of %s without a network',
    async (stage) => {
      const out = await synth(file(configuration({ stage })));
      for (const stack of ['Keys', 'Second', 'Data', 'Front', 'App']) {
        expect(existsSync(join(out, `Koeba-${stack}-${stage}.template.json`)), stack).toBe(true);
      }
    },
  );

  it('says in sentences what is wrong with a configuration', async () => {
    const wrong = file({ ...configuration(), domain: 'https://voice.example.com' });
    await expect(synth(wrong)).rejects.toThrow(
      'domain: give a name in lower case, without https:// and without a slash',
    );
  });

  it('says where the configuration goes when there is none', async () => {
    await expect(synth('/nowhere/config.ts')).rejects.toThrow(
      'There is no /nowhere/config.ts: copy config.example.ts to config.ts and fill it in',
    );
  });
});
