import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../lib/names.ts';
import { one } from './look.ts';
import { world } from './world.ts';

/** Where each kind of function reads what it is told, outside of its tests. */
const SOURCES = {
  http: ['shared/edge/src/settings.rs', 'shared/edge/src/front_door.rs', 'shared/edge/src/log.rs'],
  events: ['functions/events/src/settings.rs', 'shared/edge/src/log.rs'],
};
/** What is given ahead of the code that reads it. */
const AHEAD = ['KOEBA_ARCHIVE_BUCKET'];
/** What has a value of its own that nothing in the cloud has to change. */
const LEFT_ALONE = /^KOEBA_ARGON2_/;

function read(files: readonly string[]): string[] {
  const names = files.flatMap((file) => {
    const source = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
    const code = source.split('#[cfg(test)]')[0] ?? '';
    return [...code.matchAll(/"(KOEBA_[A-Z0-9_]+)"/g)].map((match) => match[1] as string);
  });
  return [...new Set(names)].filter((name) => !LEFT_ALONE.test(name)).toSorted();
}

describe('the settings of functions', () => {
  it.each(FUNCTIONS)('that %s reads are those that it is given', (name) => {
    const { properties } = one(
      world(),
      'AWS::Lambda::Function',
      ({ properties }) => properties.FunctionName === `koeba-${name}`,
    );
    const given = Object.keys(properties.Environment.Variables).toSorted();
    const wanted = read(name === 'events' ? SOURCES.events : SOURCES.http);
    expect(given.filter((one) => wanted.includes(one) || !AHEAD.includes(one))).toEqual(wanted);
  });

  it('are secrets by reference only, and keys are 32 bytes whatever is drawn', () => {
    const { properties } = one(
      world(),
      'AWS::Lambda::Function',
      ({ properties }) => properties.FunctionName === 'koeba-accounts',
    );
    const variables = properties.Environment.Variables;
    expect(variables.KOEBA_TOKEN_SECRET).toBe(
      '{{resolve:secretsmanager:koeba/token-secret:SecretString}}',
    );
    for (const name of ['CURSOR', 'ACCOUNT', 'SIGNING']) {
      const reference: string = variables[`KOEBA_${name}_KEY`];
      const drawn = reference.replace(/\{\{resolve:[^}]*\}\}/, 'z'.repeat(42));
      expect(reference, name).not.toBe(drawn);
      const key = Buffer.from(drawn, 'base64');
      expect(key).toHaveLength(32);
      expect(key.toString('base64'), 'no bit beyond the 32 bytes').toBe(drawn);
    }
  });
});
