import { type Server, createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

const { ask } = createRequire(import.meta.url)('../lib/watcher/index.cjs') as {
  ask: (from: typeof get, url: string, patience?: number) => Promise<string>;
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A Koeba that answers so, or not at all. */
const answering = (status?: number) =>
  new Promise<string>((ready) => {
    server = createServer((_, answer) => {
      if (status !== undefined) answer.writeHead(status, { location: '/' }).end();
    }).listen(0, '127.0.0.1', () => {
      const { port } = server?.address() as AddressInfo;
      ready(`http://127.0.0.1:${port}/api/health`);
    });
  });

describe('the watcher in Osaka', () => {
  it('is content with an answer of 200', async () => {
    expect(await ask(get, await answering(200))).toBe('well');
  });

  it.each([301, 403, 500, 503])('takes %i for trouble', async (status) => {
    await expect(ask(get, await answering(status))).rejects.toThrow(`answered ${status}`);
  });

  it('takes silence for trouble', async () => {
    await expect(ask(get, await answering(), 50)).rejects.toThrow('no answer');
  });

  it('takes a closed door for trouble', async () => {
    const url = await answering(200);
    await new Promise((closed) => server?.close(closed));
    await expect(ask(get, url)).rejects.toThrow('ECONNREFUSED');
  });
});
