import { defineConfig } from '@playwright/test';

/** Real people in real browsers; one test at a time, since each already runs several browsers. */
export default defineConfig({
  testDir: 'journeys',
  outputDir: '../../test-results/browser',
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: { trace: 'retain-on-failure' },
});
