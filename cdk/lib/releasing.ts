/** When a release may go out, what is written down about it, and how one comes back. No I/O. */

import type { Config } from './config.ts';
import { HOLDINGS } from './buckets.ts';
import { PRIMARY, bucketName } from './names.ts';

/** What somebody says about a deployment. */
export interface Intent {
  readonly now: Date;
  /** Why it cannot wait for the window. */
  readonly reason?: string | undefined;
  /** What people were told before, and where. */
  readonly notice?: string | undefined;
}

/** Whether a deployment may begin, and if not, the sentence that says what to do. */
export type Verdict =
  | { readonly kind: 'regular' | 'exceptional' }
  | { readonly kind: 'refused'; readonly sentence: string };

/** Fridays from 21:00 for two hours, in Japan, which has no summer time. */
const WINDOW = { day: 5, from: 21, until: 23 };
const TOKYO = 9 * 3_600_000;
/** Shorter is no reason. */
const WORDS = 10;

/** Decides; only `prod` has people in it who were promised a window. */
export function decide(config: Pick<Config, 'stage'>, intent: Intent): Verdict {
  if (config.stage !== 'prod' || inWindow(intent.now)) return { kind: 'regular' };
  if ((intent.reason?.trim().length ?? 0) < WORDS) {
    return refused('say why it cannot wait: --reason "…"');
  }
  if ((intent.notice?.trim().length ?? 0) < WORDS) {
    return refused('tell people first, and say what you told them and where: --notice "…"');
  }
  return { kind: 'exceptional' };
}

function refused(what: string): Verdict {
  return {
    kind: 'refused',
    sentence: `Regular deployments begin on Fridays from 21:00 to 23:00 (Asia/Tokyo). To deploy now, ${what}`,
  };
}

function inWindow(now: Date): boolean {
  const there = new Date(now.getTime() + TOKYO);
  const hour = there.getUTCHours();
  return there.getUTCDay() === WINDOW.day && hour >= WINDOW.from && hour < WINDOW.until;
}

/** What is written down about a deployment, beside what was deployed. */
export interface DeploymentRecord {
  readonly version: string;
  readonly at: string;
  readonly kind: 'regular' | 'exceptional';
  readonly commit: string;
  readonly by: string;
  readonly reason?: string;
  readonly notice?: string;
}

/** Makes the record of a deployment; versions sort by time. */
export function record(
  intent: Intent,
  kind: 'regular' | 'exceptional',
  commit: string,
  by: string,
): DeploymentRecord {
  const at = intent.now.toISOString();
  return {
    version: `${at.replace(/[-:]/g, '').slice(0, 15)}Z-${commit.slice(0, 12)}`,
    at,
    kind,
    commit,
    by,
    ...(intent.reason === undefined ? {} : { reason: intent.reason.trim() }),
    ...(intent.notice === undefined ? {} : { notice: intent.notice.trim() }),
  };
}

/** A program to run, in order; the first that fails ends it. */
export type Step = readonly [program: string, ...args: string[]];

/** Where synthesized templates and the packages beside them lie. */
export interface Places {
  readonly assembly: string;
  /** The file with the record. */
  readonly record: string;
}

const releases = (config: Config) =>
  `s3://${bucketName(config, HOLDINGS.releases.holds, PRIMARY)}/releases`;
const cdkDeploy = (assembly: string): Step => [
  'cdk',
  'deploy',
  '--all',
  '--app',
  assembly,
  '--no-notices',
  '--require-approval',
  'never',
];

/**
 * Deploys what was synthesized, then keeps exactly that, with its record, where nobody deletes it.
 * In the other order the very first deployment would look for a bucket that it is to make.
 */
export function deploySteps(config: Config, version: string, places: Places): Step[] {
  const to = `${releases(config)}/${version}`;
  const keep: Step[] = [
    ['aws', 's3', 'cp', '--only-show-errors', '--recursive', places.assembly, `${to}/assembly/`],
    ['aws', 's3', 'cp', '--only-show-errors', places.record, `${to}/record.json`],
  ];
  return [cdkDeploy(places.assembly), ...keep];
}

/** Fetches a release as it was kept, and deploys that: at any hour, without asking for a window. */
export function rollbackSteps(config: Config, version: string, places: Places): Step[] {
  const from = `${releases(config)}/${version}/assembly/`;
  return [
    ['aws', 's3', 'cp', '--only-show-errors', '--recursive', from, places.assembly],
    cdkDeploy(places.assembly),
  ];
}

/** Lists what is kept. */
export const listStep = (config: Config): Step => ['aws', 's3', 'ls', `${releases(config)}/`];

/** The newest ten of what that answers. */
export function versions(listing: string): string[] {
  const found = [...listing.matchAll(/PRE (\d{8}T\d{6}Z-[0-9a-f]+)\/$/gm)].map(
    ([, version]) => version as string,
  );
  return found.toSorted().toReversed().slice(0, 10);
}
