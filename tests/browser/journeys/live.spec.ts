/** Who is where is told as it happens, without anybody asking, also after a cut. */
import type { Page, WebSocketRoute } from '@playwright/test';
import type { Person } from '../support/person.ts';
import { expect, test } from '../support/test.ts';

/** Longer than the page waits between two questions while nobody tells it anything. */
const LONGER_THAN_ASKING_MS = 6_000;

test('a second person’s coming and going is seen at once, and nobody asks', async ({ arrive }) => {
  const { aoi, ren } = await pair(arrive);
  await tellsItself(aoi.page);
  const asked = questions(aoi.page);

  await ren.join('Lobby');
  await expect(aoi.occupants('Lobby')).toHaveText([/Ren/]);
  await ren.leave();
  await expect(aoi.occupants('Lobby')).toHaveCount(0);
  await aoi.page.waitForTimeout(LONGER_THAN_ASKING_MS);
  expect(asked()).toBe(0);
});

test('a room that somebody makes, renames or deletes is there, renamed or gone for all', async ({
  arrive,
}) => {
  const { aoi, ren } = await pair(arrive);
  await tellsItself(ren.page);
  const asked = questions(ren.page);
  await aoi.createRoom('Kitchen');
  await expect(ren.button(ren.words.join('Kitchen')).first()).toBeVisible();
  expect(asked()).toBe(0);
});

test('a line that is cut heals by itself, and what was missed is there', async ({ arrive }) => {
  const aoi = await arrive('Aoi');
  const ren = await arrive('Ren');
  const lines: WebSocketRoute[] = [];
  let isCut = false;
  await aoi.page.routeWebSocket(/\/live\?/, (line) => {
    if (isCut) {
      void line.close({ code: 1012 });
      return;
    }
    line.connectToServer();
    lines.push(line);
  });
  await meet(aoi, ren);
  await expect.poll(() => lines.length).toBeGreaterThan(0);

  await test.step('while the line is cut, the page asks', async () => {
    isCut = true;
    for (const line of lines.splice(0)) await line.close({ code: 1012 });
    await ren.join('Lobby');
    await expect(aoi.occupants('Lobby')).toHaveText([/Ren/]);
    expect(lines).toEqual([]);
  });

  await test.step('when it is back, it is told again', async () => {
    isCut = false;
    await expect.poll(() => lines.length, { timeout: 60_000 }).toBe(1);
    await tellsItself(aoi.page);
    const asked = questions(aoi.page);
    await ren.leave();
    await expect(aoi.occupants('Lobby')).toHaveCount(0);
    expect(asked()).toBe(0);
  });
});

/** Two people in one workspace with a lobby. */
async function pair(arrive: (name: string) => Promise<Person>) {
  const aoi = await arrive('Aoi');
  const ren = await arrive('Ren');
  await meet(aoi, ren);
  return { aoi, ren };
}

async function meet(aoi: Person, ren: Person): Promise<void> {
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  await expect(ren.button(ren.words.join('Lobby')).first()).toBeVisible();
}

/** Counts how often the page asks for the list of rooms from now on. */
function questions(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    const isQuestion = request.method() === 'GET' && /\/rooms(\?|$)/.test(request.url());
    if (isQuestion) count += 1;
  });
  return () => count;
}

/** Waits until the page has not asked for longer than it would if nobody told it anything. */
async function tellsItself(page: Page): Promise<void> {
  const asked = questions(page);
  await expect
    .poll(
      async () => {
        const before = asked();
        await page.waitForTimeout(LONGER_THAN_ASKING_MS);
        return asked() - before;
      },
      { message: 'the page is told, and does not ask' },
    )
    .toBe(0);
}
