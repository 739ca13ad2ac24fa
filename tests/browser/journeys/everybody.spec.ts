/** Everybody can use it: in either language, without a mouse, with assistive technology. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

test('a browser that prefers Japanese gets Japanese from sign-up to the call', async ({
  arriveWithTone,
}) => {
  const aoi = await arriveWithTone('葵', 440, { language: 'ja' });
  await aoi.signUp();
  await expect(aoi.page.locator('html')).toHaveAttribute('lang', 'ja');
  await aoi.createWorkspace('港');
  await aoi.createRoom('広場');
  await aoi.join('広場');
  await expect(aoi.microphone).toHaveAttribute('aria-pressed', 'true');
  await aoi.leave();
});

test('the keyboard alone signs in, joins, mutes and leaves', async ({ arrive }) => {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  await aoi.page.context().clearCookies();

  const { page, words } = aoi;
  await page.goto(`${aoi.app}/sign-in`);
  await tabTo(page, aoi.field(words.email));
  await page.keyboard.type(aoi.email);
  await tabTo(page, aoi.field(words.password));
  await page.keyboard.type(aoi.password);
  await page.keyboard.press('Enter');
  await expect(aoi.button(words.account)).toBeVisible();

  if (await page.getByRole('link', { name: /Harbour/ }).first().isVisible()) {
    await tabTo(page, page.getByRole('link', { name: /Harbour/ }).first());
    await page.keyboard.press('Enter');
  }
  await tabTo(page, aoi.button(words.join('Lobby')).first());
  await page.keyboard.press('Enter');
  await expect(aoi.microphone).toHaveAttribute('aria-pressed', 'true');
  await tabTo(page, aoi.microphone);
  await page.keyboard.press('Enter');
  await expect(aoi.microphone).toHaveAttribute('aria-pressed', 'false');
  await tabTo(page, aoi.button(words.leave));
  await page.keyboard.press('Enter');
  await expect(aoi.button(words.leave)).toBeHidden();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page hides anything from assistive technology (${colorScheme})`, async ({ arrive }) => {
    const aoi = await arrive('Aoi', { context: { colorScheme, reducedMotion: 'reduce' } });
    for (const path of ['/sign-in', '/sign-up']) {
      await aoi.page.goto(`${aoi.app}${path}`);
      await expect(aoi.field(aoi.words.password)).toBeVisible();
      await expectAccessible(aoi.page);
    }
    await aoi.signUp();
    await expectAccessible(aoi.page);
    await aoi.createWorkspace('Harbour');
    await aoi.createRoom('Lobby');
    await expectAccessible(aoi.page);
    await aoi.join('Lobby');
    await expect(aoi.roster).toHaveCount(1);
    await expectAccessible(aoi.page);
    await aoi.page.setViewportSize({ width: 390, height: 844 });
    await expect(aoi.microphone).toBeInViewport();
    await expectAccessible(aoi.page);
    await aoi.page.setViewportSize({ width: 1280, height: 800 });
    await aoi.page.getByRole('link', { name: aoi.words.members, exact: true }).click();
    await aoi.button(aoi.words.invite).click();
    await expect(aoi.page.getByRole('dialog')).toBeVisible();
    await expectAccessible(aoi.page);
  });
}

/** Presses Tab until `target` has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 80 && !(await isThere()); presses += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
}

/** Fails for what keeps people out; what is merely untidy is not looked for. */
async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(axe, 'utf8'));
  const results = (await page.evaluate('axe.run()')) as AxeResults;
  const found = results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html).join(' ')})`);
  // Soft, so that one run tells what is wrong on every page.
  expect.soft(found, `on ${page.url()}`).toEqual([]);
}
