import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `vite dev` finds a running server; only for work on the client. */
const server = loadEnv('', '.', 'KOEBA_').KOEBA_SERVER ?? 'http://127.0.0.1:8080';
const toServer = {
  target: server,
  changeOrigin: true,
  headers: { origin: server },
};

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': toServer, '/live': { ...toServer, ws: true }, '/_local': toServer },
  },
  build: {
    target: 'es2023',
    // Nothing inline, so that the content security policy needs no exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    // The voice chunk holds livekit-client; its own limit is in scripts/size.mjs.
    chunkSizeWarningLimit: 700,
  },
  test: { environment: 'node', include: ['tests/**/*.test.ts'] },
});
