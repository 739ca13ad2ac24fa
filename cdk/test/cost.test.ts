import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { all } from './look.ts';
import { configuration, synthesize, world } from './world.ts';

interface Standing {
  readonly what: { readonly en: string };
  readonly count: number;
  readonly resources?: readonly string[];
}

const units = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../infra/cost/units.json'), 'utf8'),
) as { readonly standing: readonly Standing[] };

/** Everything that runs day and night, as the page about cost has it. */
const alwaysOn = synthesize(
  configuration({
    media: { mode: 'always-on', size: 'small', image: `sha256:${'0'.repeat(64)}` },
  }),
);

describe('what the page about cost counts', () => {
  it.each(
    units.standing
      .filter(({ resources }) => resources !== undefined)
      .map((one) => [one.what.en, one] as const),
  )('%s is as many as the templates have', (_, { count, resources = [] }) => {
    expect(resources.flatMap((type) => all(alwaysOn, type))).toHaveLength(count);
  });

  it('secrets, with their replicas', () => {
    const secrets = all(world(), 'AWS::SecretsManager::Secret');
    const replicas = secrets.flatMap(({ properties }) => properties.ReplicaRegions ?? []);
    const counted = units.standing.find(({ what }) => what.en.startsWith('Secrets'));
    expect(counted).toMatchObject({ count: secrets.length + replicas.length });
  });

  it("the firewall's rules", () => {
    const [acl] = all(world(), 'AWS::WAFv2::WebACL');
    const counted = units.standing.find(({ what }) => what.en === 'Its rules');
    expect(counted).toMatchObject({ count: acl?.properties.Rules.length });
  });
});
