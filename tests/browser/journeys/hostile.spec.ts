/** What others write or publish does nothing to whoever reads it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CORPUS, expectVerbatim, watch } from '../support/corpus.ts';
import { expect, test } from '../support/test.ts';

const [SCRIPT, IMAGE, QUOTE, VECTOR, SCHEME, FRAME, TEMPLATE, ENTITY, CLOSING] = CORPUS;

// Check sheet: WA-05-01, WA-05-02, WA-05-03, WA-05-04.
test('no text of one person becomes markup or code on the page of another', async ({ arrive }) => {
  test.setTimeout(240_000);
  const aoi = await arrive(IMAGE);
  const ren = await arrive(SCRIPT);
  const watched = await watch(ren.page);
  const written = await watch(aoi.page);
  const { page } = aoi;

  await aoi.signUp();
  await aoi.createWorkspace(VECTOR);
  const at = new URL(page.url()).pathname.split('/').slice(0, 3).join('/');
  await ren.signUp();
  await aoi.invite(ren, 'manager');
  await ren.acceptInvitation();
  const open = (path: string) => ren.page.goto(`${ren.app}${at}${path}`);

  await test.step('names of rooms', async () => {
    for (const text of CORPUS) await aoi.createRoom(text);
    await open('');
    await expectVerbatim(ren.page, CORPUS, watched);
  });

  await test.step('the name of the workspace', async () => {
    for (const name of [CLOSING, TEMPLATE]) {
      await page.goto(`${aoi.app}${at}/settings`);
      await aoi.field(aoi.words.workspaceName).fill(name);
      await aoi.button('Save').click();
      await expect(page.getByText(`The workspace is now called ${name}.`)).toBeVisible();
      await open('');
      await expectVerbatim(ren.page.locator('.switcher'), [name], watched);
    }
  });

  await test.step('names of people, department and contact', async () => {
    await page.goto(`${aoi.app}${at}/members`);
    await page.getByRole('button', { name: /^(Name somebody|Change)…$/ }).click();
    await aoi.field('Department').fill(FRAME);
    await aoi.field('How to reach them').fill(QUOTE);
    await aoi.button('Name them').click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await open('/members');
    const content = ren.page.locator('#content');
    await expectVerbatim(content, [IMAGE, SCRIPT, FRAME, QUOTE], watched);
    await content.getByRole('link', { name: IMAGE, exact: true }).click();
    await expect(ren.page.getByRole('dialog', { name: IMAGE, exact: true })).toBeVisible();
  });

  await test.step('domains of links, and a sheet of people', async () => {
    await page.goto(`${aoi.app}${at}/members`);
    await aoi.button('Invite by link…').click();
    await page.getByLabel(/^Only for these domains/).fill(CLOSING);
    await aoi.button('Make the link').click();
    await expect(page.locator('[aria-invalid]')).toBeVisible();
    await page.keyboard.press('Escape');
    await aoi.button('Invite by CSV…').click();
    await page.getByLabel('CSV file', { exact: true }).setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `email,display_name,role\r\n${SCHEME},x,member\r\nmio@example.test,${ENTITY},guest\r\n`,
      ),
    });
    await aoi.button('Send the invitations').click();
    await expectVerbatim(page.getByRole('dialog'), [SCHEME], written);
  });

  await test.step('titles and notes of a review', async () => {
    await page.goto(`${aoi.app}${at}/access-reviews`);
    await aoi.button('Start a review').click();
    await aoi.field('Title').fill(ENTITY);
    await aoi.button('Start').click();
    await expect(aoi.heading(ENTITY)).toBeVisible();
    await page
      .getByRole('group', { name: `Decision about ${SCRIPT}`, exact: true })
      .getByRole('button', { name: 'Change role…' })
      .click();
    await aoi.field('Note').fill(IMAGE);
    await aoi.button('Decide so').click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await ren.page.goto(page.url());
    await expectVerbatim(ren.page.locator('#content'), [ENTITY], watched);
    await expect(ren.page.getByText(`— ${IMAGE}`)).toBeVisible();
  });

  await test.step('what stands in an address', async () => {
    for (const text of CORPUS) {
      const value = encodeURIComponent(text);
      await open(`/members?q=${value}&role=${value}&member=${value}`);
      await open(`/audit?q=${value}&actor=${value}&action=${value}&entry=${value}`);
      await expect(ren.page.getByRole('list', { name: 'Filters that are on' })).toContainText(text);
      await open(`/access-reviews/${value}`);
      await ren.page.goto(`${ren.app}/invite#${value}`);
      await ren.page.goto(`${ren.app}/sign-in?return=${value}`);
    }
    expect(new URL(ren.page.url()).origin).toBe(new URL(ren.app).origin);
  });

  expect(watched.seen).toEqual([]);
  expect(written.seen).toEqual([]);
});

// Check sheet: WA-06-01, WA-06-03, WA-09-01.
test('a page of another origin can neither act, nor read, nor frame', async ({ arrive }) => {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  const workspace = new URL(aoi.page.url()).pathname.split('/')[2] ?? '';
  const api = `${aoi.app}/api/workspaces/${workspace}`;

  // Another port of the same host is another origin and the same site: cookies come along.
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>Other</title>
      <iframe name="sink"></iframe>
      <iframe name="framed" src="${aoi.app}/w/${workspace}"></iframe>
      <img src="${aoi.app}/api/me" alt="">
      <form method="post" target="sink" enctype="text/plain" action="${api}/rooms">
        <input name='{"name":"Forged by form","x":"' value='"}'>
      </form>
      <form method="post" target="sink" action="${api}/members/export"></form>`);
  });
  await new Promise<void>((ready) => server.listen(0, 'localhost', ready));
  try {
    const other = await aoi.page.context().newPage();
    await other.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    const outcome = await other.evaluate(
      async ({ app, api }) => {
        for (const form of document.forms) form.submit();
        const body = JSON.stringify({ name: 'Forged by fetch' });
        const attempt = (path: string, init: RequestInit) =>
          fetch(path, { credentials: 'include', ...init }).then(
            ({ type }) => type as string,
            () => 'refused',
          );
        const json = { 'content-type': 'application/json' };
        const tried = {
          blind: await attempt(`${api}/rooms`, { method: 'POST', mode: 'no-cors', body }),
          json: await attempt(`${api}/rooms`, { method: 'POST', headers: json, body }),
          read: await attempt(`${app}/api/me`, {}),
          signOut: await attempt(`${app}/api/sessions/current`, { method: 'DELETE' }),
          remove: await attempt(api, { method: 'DELETE' }),
        };
        const socket = await new Promise<string>((done) => {
          const opened = new WebSocket(`${app.replace('http', 'ws')}/api/me`);
          opened.onopen = () => done('open');
          opened.onerror = () => done('refused');
        });
        return { ...tried, socket };
      },
      { app: aoi.app, api },
    );
    expect(outcome).toEqual({
      blind: 'refused',
      json: 'refused',
      read: 'refused',
      signOut: 'refused',
      remove: 'refused',
      socket: 'refused',
    });
    await other.waitForTimeout(1000);
    const framed = other.frames().find((frame) => frame.name() === 'framed');
    expect(framed?.url()).not.toContain('/w/');
    await other.close();
  } finally {
    server.close();
  }

  await aoi.page.reload();
  const rooms = aoi.page.getByRole('navigation', { name: aoi.words.rooms });
  await expect(rooms.getByRole('link')).toHaveText(['Lobby']);
});
