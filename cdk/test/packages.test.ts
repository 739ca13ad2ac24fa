import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuration, packages, synthesize } from './world.ts';

describe('the packages of functions', () => {
  it('must be there', () => {
    const folder = packages();
    rmSync(join(folder, 'rooms'), { recursive: true });
    expect(() => synthesize(configuration({ packages: folder }))).toThrow(
      'There is no package of the function rooms',
    );
  });

  it('must be for arm64', () => {
    const x86 = 0x3e;
    expect(() => synthesize(configuration({ packages: packages(x86) }))).toThrow(
      'is no program for arm64, on which the functions run: run `cargo xtask package --arm64`',
    );
  });
});
