import { expect, test, vi } from 'vitest';
import { ofField } from '../src/api/ofField';
import { ApiProblem } from '../src/api/problem';
import { recovering, singleFlight } from '../src/api/recovery';

const remedies = () => ({
  renew: vi.fn(async () => true),
  stepUp: vi.fn(async () => true),
  refresh: vi.fn(async () => true),
  proveMore: vi.fn(),
});

/** A server that answers one slug after the other, and `''` with success. */
function server(...slugs: string[]) {
  const sent: Request[] = [];
  const send = async (request: Request) => {
    sent.push(request);
    const slug = slugs.shift() ?? '';
    if (slug === '') return Response.json({ done: true });
    const status = ['not-signed-in', 'credentials-wrong'].includes(slug) ? 401 : 403;
    return Response.json({ type: `/problems/${slug}` }, { status });
  };
  return { sent, send };
}

const change = () =>
  new Request('http://127.0.0.1/api/me', {
    method: 'PATCH',
    headers: { 'X-CSRF-Token': 'old' },
    body: JSON.stringify({ display_name: '葵' }),
  });
const sign = (request: Request) => request.headers.set('X-CSRF-Token', 'new');

for (const [slug, remedy] of [
  ['session-renewal-due', 'renew'],
  ['step-up-required', 'stepUp'],
  ['csrf-token-wrong', 'refresh'],
  ['not-signed-in', 'refresh'],
] as const) {
  test(`after ${slug} the same request is sent again with the new token`, async () => {
    const { send, sent } = server(slug, '');
    const all = remedies();
    const response = await recovering(send, sign, all)(change());
    expect(response.status).toBe(200);
    expect(all[remedy]).toHaveBeenCalledOnce();
    expect(sent.map((request) => request.headers.get('X-CSRF-Token'))).toEqual(['old', 'new']);
    expect(await sent[1]?.json()).toEqual({ display_name: '葵' });
  });
}

test('one remedy after the other, each once, and then the refusal stands', async () => {
  const { send, sent } = server('session-renewal-due', 'step-up-required', 'step-up-required');
  const all = remedies();
  const response = await recovering(send, sign, all)(change());
  expect(response.status).toBe(403);
  expect(sent).toHaveLength(3);
  expect(all.renew).toHaveBeenCalledOnce();
  expect(all.stepUp).toHaveBeenCalledOnce();
});

test('whoever does not want to prove anything gets the refusal, readable', async () => {
  const { send } = server('step-up-required');
  const all = { ...remedies(), stepUp: vi.fn(async () => false) };
  const response = await recovering(send, sign, all)(change());
  expect(await response.json()).toEqual({ type: '/problems/step-up-required' });
});

test('a missing second step shows its page, and a wrong password is nobody’s to mend', async () => {
  for (const slug of [
    'second-step-required',
    'second-step-set-up-required',
    'stronger-second-step-required',
  ]) {
    const { send, sent } = server(slug);
    const all = remedies();
    await recovering(send, sign, all)(change());
    expect(all.proveMore).toHaveBeenCalledWith(slug);
    expect(sent).toHaveLength(1);
  }
  const { send, sent } = server('credentials-wrong');
  const all = remedies();
  expect((await recovering(send, sign, all)(change())).status).toBe(401);
  expect(sent).toHaveLength(1);
  expect(all.refresh).not.toHaveBeenCalled();
});

test('what a proxy answers in its own words reaches the caller', async () => {
  const all = remedies();
  const send = async () => new Response('<html>blocked</html>', { status: 403 });
  const response = await recovering(send, sign, all)(change());
  expect(await response.text()).toContain('blocked');
});

test('many requests at once wait for one renewal', async () => {
  let finish = (_: boolean) => {};
  const work = vi.fn(() => new Promise<boolean>((resolve) => (finish = resolve)));
  const renew = singleFlight(work);
  const all = Promise.all([renew(), renew(), renew()]);
  finish(true);
  expect(await all).toEqual([true, true, true]);
  expect(work).toHaveBeenCalledOnce();
  void renew();
  expect(work).toHaveBeenCalledTimes(2);
});

test('a refusal of what was typed stands beside it, any other where all can see it', async () => {
  const refuse = (status: number) =>
    ofField(
      'code',
      Promise.reject(new ApiProblem('token-wrong', status, 'Wrong', 'Again', '', {})),
    );
  await expect(refuse(422)).rejects.toMatchObject({
    fields: { code: expect.stringContaining('Wrong') },
  });
  await expect(refuse(410)).rejects.toMatchObject({ fields: {} });
});
