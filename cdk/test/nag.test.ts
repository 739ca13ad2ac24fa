import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACKNOWLEDGEMENTS, addChecks, covers, ids, place } from '../lib/acknowledgements.ts';
import { check } from '../lib/config.ts';
import { Koeba } from '../lib/koeba.ts';
import { configuration, context } from './world.ts';

interface Finding {
  readonly rule: string;
  readonly path: string;
}

/** What AwsSolutions and NIST 800-53 r5 find, whether acknowledged or not. */
function findings(stage: 'dev' | 'prod', acknowledged: boolean): Finding[] {
  const outdir = mkdtempSync(join(tmpdir(), 'koeba-nag-'));
  const app = new App({ context, outdir });
  new Koeba(app, check(configuration({ stage })), { acknowledged });
  addChecks(app);
  try {
    app.synth();
  } catch {
    // That there are findings is what the report is read for.
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: {
      violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
    }[];
  };
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({
        rule: ruleName,
        path: place(constructPath),
      })),
    ),
  );
}

describe('cdk-nag, AwsSolutions and NIST 800-53 r5', () => {
  let raw: Record<'dev' | 'prod', Finding[]>;
  beforeAll(() => {
    raw = { dev: findings('dev', false), prod: findings('prod', false) };
  });

  it.each(['dev', 'prod'] as const)('finds nothing in %s that is not acknowledged', (stage) => {
    expect(findings(stage, true)).toEqual([]);
  });

  it.each(ACKNOWLEDGEMENTS.map((one) => [one.rule, one.at.join(', '), one] as const))(
    'finds %s at %s, so that it is acknowledged for a reason',
    (_rule, _at, one) => {
      const found = raw[one.stage ?? 'prod'];
      const here = found.filter(({ path }) => covers(one, path)).map(({ rule }) => rule);
      for (const id of ids(one, '111122223333')) expect(here).toContain(id);
      for (const at of one.at) {
        const there = found.filter(({ path }) => covers({ ...one, at: [at] }, path));
        expect(
          there.map(({ rule }) => rule.replace(/\[.*$/, '')),
          at,
        ).toContain(one.rule);
      }
      expect(one.reason.length).toBeGreaterThan(15);
    },
  );
});
