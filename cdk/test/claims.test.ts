import { describe, expect, it } from 'vitest';
import { backupsClaims } from './backups.claims.ts';
import { dataClaims } from './data.claims.ts';
import { frontClaims } from './front.claims.ts';
import { functionClaims } from './functions.claims.ts';
import { guardingClaims } from './guarding.claims.ts';
import { liveClaims } from './live.claims.ts';
import { mediaClaims } from './media.claims.ts';
import { watchingClaims } from './watching.claims.ts';
import { type World, world } from './world.ts';

/** The templates with a change, without changing those that other tests look at. */
function changed(change: (world: World) => void): World {
  const real = world();
  const copy = { config: real.config, stacks: structuredClone(real.stacks) };
  change(copy);
  expect(copy.stacks, 'the change changes something').not.toEqual(real.stacks);
  return copy;
}

describe.each([
  ['data', dataClaims],
  ['functions', functionClaims],
  ['front', frontClaims],
  ['live', liveClaims],
  ['media', mediaClaims],
  ['backups', backupsClaims],
  ['guarding', guardingClaims],
  ['watching', watchingClaims],
])('%s', (_, claims) => {
  it.each(claims.map((claim) => [claim.says, claim.rows.join(', '), claim] as const))(
    '%s (rows %s)',
    (_says, _rows, claim) => {
      claim.holds(world());
    },
  );

  it.each(claims.map((claim) => [claim.says, claim] as const))(
    'notices when it is no longer so that %s',
    (_, claim) => {
      expect(() => claim.holds(changed(claim.broken))).toThrow();
    },
  );
});
