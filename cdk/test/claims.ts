/**
 * What the templates are claimed to have: each claim is a sentence, an assertion, and the change of
 * the templates that must make the assertion fail. claims.test.ts runs all of them both ways.
 */

import type { World } from './world.ts';

export interface Claim {
  /** The rows of the check sheet that rest on it. */
  readonly rows: readonly number[];
  readonly says: string;
  /** Throws unless it is so. */
  readonly holds: (world: World) => void;
  /** Takes away what is claimed, and nothing else. */
  readonly broken: (world: World) => void;
}
