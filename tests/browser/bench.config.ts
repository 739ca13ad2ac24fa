import { defineConfig } from '@playwright/test';

/** Prints a table on standard output, and nothing else there. */
export default defineConfig({
  testDir: 'bench',
  outputDir: '../../test-results/browser-bench',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: [['./bench/reporter.ts']],
});
