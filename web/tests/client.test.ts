import { afterEach, expect, test, vi } from 'vitest';
import { answer, createApi, useCsrfToken, whenSignedOut } from '../src/api/client';
import { chooseLocale } from '../src/i18n';

globalThis.location ??= { origin: 'http://127.0.0.1:8080' } as Location;

afterEach(() => {
  useCsrfToken(null);
  whenSignedOut(() => {});
});

test('what changes something carries the CSRF token, what only reads does not', async () => {
  const { api, sent } = server(200, {});
  useCsrfToken('proof');
  await answer(api.GET('/api/workspaces'));
  await answer(api.POST('/api/workspaces', { body: { name: 'Harbor' } }));
  await answer(api.DELETE('/api/sessions/current'));
  expect(sent.map((request) => request.headers.get('x-csrf-token'))).toEqual([
    null,
    'proof',
    'proof',
  ]);
});

test('bodies are JSON, and only our own origin gets the cookie', async () => {
  const { api, sent } = server(201, {});
  await answer(api.POST('/api/workspaces', { body: { name: '青空' } }));
  const [request] = sent;
  expect(request?.headers.get('content-type')).toBe('application/json');
  expect(request?.credentials).toBe('same-origin');
  expect(await request?.json()).toEqual({ name: '青空' });
});

test('problems are asked for in the language of the page', async () => {
  const { api, sent } = server(200, {});
  for (const language of ['ja', 'en'] as const) {
    chooseLocale(language);
    await answer(api.GET('/api/me'));
  }
  expect(sent.map((request) => request.headers.get('accept-language'))).toEqual(['ja', 'en']);
});

test('a refusal is thrown, and a 401 ends the session unless signing in was the question', async () => {
  const signedOut = vi.fn();
  whenSignedOut(signedOut);
  const { api } = server(401, { type: '/problems/session-expired', title: 'Sign in again' });
  const body = { email: 'a@example.jp', password: 'wrong' };
  const wrong = answer(api.POST('/api/sessions', { body }), { keepSession: true });
  await expect(wrong).rejects.toMatchObject({ slug: 'session-expired' });
  expect(signedOut).not.toHaveBeenCalled();
  await expect(answer(api.GET('/api/workspaces'))).rejects.toMatchObject({ status: 401 });
  expect(signedOut).toHaveBeenCalledOnce();
});

test('no answer at all is a problem of its own', async () => {
  const api = createApi(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(answer(api.GET('/api/me'))).rejects.toMatchObject({
    slug: 'unreachable',
    status: 0,
  });
});

function server(status: number, body: unknown) {
  const sent: Request[] = [];
  const api = createApi(async (request) => {
    sent.push(request);
    return Response.json(body, { status });
  });
  return { api, sent };
}
