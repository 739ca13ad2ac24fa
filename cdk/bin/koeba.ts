/** What `cdk` runs: reads the configuration, checks it, and synthesizes Koeba. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import { addChecks } from '../lib/acknowledgements.ts';
import { ConfigError, check } from '../lib/config.ts';
import { Koeba } from '../lib/koeba.ts';

const app = new App();
const file = resolve(String(app.node.tryGetContext('config') ?? 'config.ts'));
if (!existsSync(file)) {
  console.error(`There is no ${file}: copy config.example.ts to config.ts and fill it in`);
  process.exit(1);
}
try {
  const { default: input } = (await import(pathToFileURL(file).href)) as { default: unknown };
  new Koeba(app, check(input));
  addChecks(app);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
