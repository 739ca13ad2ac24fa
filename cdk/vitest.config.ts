import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A synthesis of everything takes seconds, and machines are not alike.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One worker: what is synthesized once is shared by every test.
    fileParallelism: false,
    isolate: false,
  },
});
