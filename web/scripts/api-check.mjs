// Fails when the types that the client is written against are not those of the API document.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'koeba-api-'));
const fresh = join(folder, 'generated.ts');
try {
  const command = join(web, 'node_modules/.bin/openapi-typescript');
  const made = spawnSync(command, ['../docs/openapi.json', '-o', fresh], {
    cwd: web,
    encoding: 'utf8',
  });
  if (made.status !== 0) {
    console.error(made.stderr || made.stdout);
    process.exitCode = 1;
  } else if (
    readFileSync(fresh, 'utf8') !== readFileSync(join(web, 'src/api/generated.ts'), 'utf8')
  ) {
    console.error('src/api/generated.ts is not what docs/openapi.json says. Run `npm run api`.');
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
