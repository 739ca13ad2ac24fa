/** Everybody can use it: in either language, without a mouse, with assistive technology. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from '@playwright/test';
import { tabTo } from '../support/keyboard.ts';
import { tokenMailedBy } from '../support/mail.ts';
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
  await test.step('and sets up the second step that an owner needs', async () => {
    await tabTo(page, page.getByRole('button', { name: new RegExp(`^${words.mailToken}`) }));
    await page.keyboard.press('Enter');
    await tabTo(page, aoi.button(words.sendToken));
    const token = await tokenMailedBy(aoi.app, aoi.email, () => page.keyboard.press('Enter'));
    await tabTo(page, aoi.field(words.token));
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    await expect(aoi.heading(words.setUpTitle)).toBeHidden();
  });
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
    await aoi.openMembers();
    await aoi.button(aoi.words.invite).click();
    await expect(aoi.page.getByRole('dialog')).toBeVisible();
    await expectAccessible(aoi.page);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page of an account hides anything from anybody (${colorScheme})`, async ({ arrive }) => {
    const aoi = await arrive('Aoi', { context: { colorScheme, reducedMotion: 'reduce' } });
    const { page, words } = aoi;
    for (const path of ['/forgot', '/reset#token', '/reset', '/join']) {
      await page.goto(`${aoi.app}${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(page);
    }
    await aoi.signUp();
    await aoi.createWorkspace('Harbour');
    await page.context().clearCookies();
    await aoi.signIn();
    await expect(aoi.heading(words.setUpTitle)).toBeVisible();
    await expectAccessible(page);
    await aoi.chooseWay(words.app);
    await expect(page.getByRole('img', { name: /QR/ })).toBeVisible();
    await expectAccessible(page);
    await page.reload();
    await aoi.chooseWay(words.mailToken);
    await aoi.proveByMail(words.finish);
    await expect(aoi.heading(words.setUpTitle)).toBeHidden();

    for (const path of ['/account', '/account/security', '/account/devices', '/account/data']) {
      await page.goto(`${aoi.app}${path}`);
      await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
      await expect(page.getByRole('status', { name: 'Loading' })).toBeHidden();
      await expectAccessible(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNothingCutOff(page);
      await expectAccessible(page);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    await aoi.button(words.deleteAccount).click();
    await expect(aoi.field(words.typeDelete)).toBeFocused();
    await expectAccessible(page);

    await page.context().clearCookies();
    await aoi.signIn();
    await expect(aoi.heading(words.proveTitle)).toBeVisible();
    await expectAccessible(page);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page for managers hides anything from anybody (${colorScheme})`, async ({ arrive }) => {
    const aoi = await arrive('Aoi', { context: { colorScheme, reducedMotion: 'reduce' } });
    const { page } = aoi;
    await aoi.signUp();
    await aoi.createWorkspace('Harbour');
    const at = aoi.app + new URL(page.url()).pathname.split('/').slice(0, 3).join('/');
    for (const way of ['members', 'policy', 'audit', 'access-reviews', 'findings', 'settings']) {
      await page.goto(`${at}/${way}`);
      await expect(page.getByRole('navigation', { name: 'Manage the workspace' })).toBeVisible();
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      await expectAccessible(page);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    for (const way of ['policy', 'audit', 'findings', 'settings', 'members']) {
      await page.goto(`${at}/${way}`);
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      await expectNothingCutOff(page);
    }
    await page.getByRole('link', { name: 'Aoi', exact: true }).click();
    await expect(page.getByRole('dialog', { name: 'Aoi' })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    for (const act of ['Invite by link…', 'Invite by CSV…']) {
      await aoi.button(act).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
    }
  });
}

/** Fails when a page is wider than the screen. */
async function expectNothingCutOff(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.body.scrollWidth - window.innerWidth);
  expect.soft(over, `wider than the screen on ${page.url()}`).toBeLessThanOrEqual(0);
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
