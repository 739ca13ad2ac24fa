/** Writes the templates of both stages where lint/lint.py looks for them, by stage and region. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { world } from './world.ts';

const folder = join(import.meta.dirname, '../cdk.out/templates');
rmSync(folder, { recursive: true, force: true });
for (const stage of ['dev', 'prod'] as const) {
  for (const { name, region, template } of world(stage).stacks) {
    const place = join(folder, stage, region);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${name}.json`), JSON.stringify(template, null, 1));
  }
}
