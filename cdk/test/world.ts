/** Koeba as it is synthesized for the tests, once for each stage, with packages that are told from real ones by nothing that the synthesis looks at. */

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type Config, type ConfigInput, check } from '../lib/config.ts';
import { Koeba } from '../lib/koeba.ts';
import { FUNCTIONS } from '../lib/names.ts';

/** The beginning of a program: little-endian ELF for the machine of this number. */
export const program = (machine: number) => {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(machine, 18);
  return head;
};

/** A folder as `cargo xtask package` leaves it. */
export function packages(machine = 0xb7): string {
  const folder = mkdtempSync(join(tmpdir(), 'koeba-packages-'));
  for (const name of FUNCTIONS) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'bootstrap'), program(machine));
    // The smallest zip there is: the end of an empty directory.
    writeFileSync(join(folder, name, 'bootstrap.zip'), Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`));
  }
  return folder;
}

/** A web client as its build leaves it. */
function web(): string {
  const folder = mkdtempSync(join(tmpdir(), 'koeba-web-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Koeba</title>');
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets/index-1234abcd.js'), '');
  return folder;
}

/** A configuration that is whole, but for what is said otherwise. */
export function configuration(more: Partial<ConfigInput> = {}): ConfigInput {
  return {
    stage: 'prod',
    account: '111122223333',
    domain: 'voice.example.com',
    hostedZone: { id: 'Z0123456789EXAMPLE', name: 'example.com' },
    alarmAddresses: ['ops@example.com'],
    operatorNetworks: ['203.0.113.0/24'],
    media: { mode: 'sleep-when-empty', size: 'small', image: `sha256:${'0'.repeat(64)}` },
    monthlyBudgetUsd: 300,
    packages: packages(),
    web: web(),
    ...more,
  };
}

/** A resource as a template has it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** One synthesized stack. */
export interface Synthesized {
  readonly name: string;
  readonly region: string;
  readonly template: { Resources: Record<string, Resource>; [part: string]: unknown };
}

/** Every stack of a stage. */
export interface World {
  readonly config: Config;
  readonly stacks: readonly Synthesized[];
}

/** What `cdk.json` says. */
export const context = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  }
).context;

/** Synthesizes anew. */
export function synthesize(input: ConfigInput): World {
  const config = check(input);
  const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), 'koeba-cdk-')) });
  const koeba = new Koeba(app, config);
  return {
    config,
    stacks: koeba.stacks.map((stack) => ({
      name: stack.stackName,
      region: stack.region,
      template: Template.fromStack(stack).toJSON() as Synthesized['template'],
    })),
  };
}

const known = new Map<string, World>();

/** Koeba in a stage, synthesized when it is first asked for. */
export function world(stage: 'dev' | 'prod' = 'prod'): World {
  const made = known.get(stage) ?? synthesize(configuration({ stage }));
  known.set(stage, made);
  return made;
}
