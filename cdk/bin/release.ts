/** `npm run deploy` and `npm run rollback`: what lib/releasing.ts says, done. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError, check } from '../lib/config.ts';
import {
  type Step,
  decide,
  deploySteps,
  listStep,
  record,
  rollbackSteps,
  versions,
} from '../lib/releasing.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string', default: 'config.ts' },
    reason: { type: 'string' },
    notice: { type: 'string' },
  },
});

const answer = ([program, ...args]: Step) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
const run = ([program, ...args]: Step) => {
  execFileSync(program, args, { stdio: 'inherit' });
};
const fail = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};

async function main(): Promise<void> {
  const file = resolve(values.config);
  const { default: input } = (await import(pathToFileURL(file).href)) as { default: unknown };
  const config = check(input);
  const folder = mkdtempSync(join(tmpdir(), 'koeba-release-'));
  const places = { assembly: join(folder, 'assembly'), record: join(folder, 'record.json') };
  const [what, version] = positionals;
  if (what === 'rollback') {
    const known = versions(answer(listStep(config)));
    if (version === undefined || !known.includes(version)) {
      return fail(`Say which release to go back to:\n${known.map((one) => `  ${one}`).join('\n')}`);
    }
    return rollbackSteps(config, version, places).forEach(run);
  }
  if (what !== 'deploy') return fail('Say `npm run deploy` or `npm run rollback`');
  const intent = { now: new Date(), reason: values.reason, notice: values.notice };
  const verdict = decide(config, intent);
  if (verdict.kind === 'refused') return fail(verdict.sentence);
  if (answer(['git', 'status', '--porcelain', '--untracked-files=no']) !== '') {
    return fail(
      'There are changes that no commit holds: commit them, so that a release can be told',
    );
  }
  const commit = answer(['git', 'rev-parse', 'HEAD']);
  const by = answer(['aws', 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']);
  run([
    'cdk',
    'synth',
    '--quiet',
    '--no-notices',
    '--output',
    places.assembly,
    '--context',
    `config=${file}`,
  ]);
  const written = record(intent, verdict.kind, commit, by);
  writeFileSync(places.record, `${JSON.stringify(written, null, 2)}\n`);
  deploySteps(config, written.version, places).forEach(run);
  console.log(`Deployed and kept as ${written.version}`);
}

main().catch((error: unknown) =>
  fail(error instanceof ConfigError || error instanceof Error ? error.message : String(error)),
);
