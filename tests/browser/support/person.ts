/** Somebody who uses Koeba: a browser, an account, and what they do with the page. */
import {
  type Browser,
  type BrowserContextOptions,
  expect,
  type Locator,
  type Page,
} from '@playwright/test';
import { launch, type Microphone } from './browser.ts';
import { mailedInvitation, mailedToken, tokenMailedBy } from './mail.ts';
import { type Heard, hear, installProbe } from './probe.ts';
import { type Language, WORDS, type Words } from './words.ts';

export interface Arrival {
  language?: Language;
  microphone?: Microphone;
  context?: BrowserContextOptions;
  /** What the browser is started with besides the usual. */
  browser?: readonly string[];
}

let count = 0;

export class Person {
  readonly email: string;
  readonly password = 'correct-horse-battery-staple-9';
  readonly words: Words;

  private constructor(
    readonly app: string,
    readonly name: string,
    readonly browser: Browser,
    readonly page: Page,
    language: Language,
  ) {
    count += 1;
    this.email = `${name.toLowerCase().replaceAll(/\W/g, '')}-${count}@example.test`;
    this.words = WORDS[language];
  }

  /** Opens a browser. Nothing is signed in yet. */
  static async arrive(app: string, name: string, arrival: Arrival = {}): Promise<Person> {
    const language = arrival.language ?? 'en';
    const browser = await launch(arrival.microphone ?? { allowed: true }, arrival.browser);
    const context = await browser.newContext({
      locale: WORDS[language].locale,
      viewport: { width: 1280, height: 800 },
      ...arrival.context,
    });
    const page = await context.newPage();
    await installProbe(page);
    return new Person(app, name, browser, page, language);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  /** Signs up as a person does, with the token from the mail. */
  async signUp(): Promise<void> {
    await this.page.goto(`${this.app}/sign-up`);
    await this.field(this.words.name).fill(this.name);
    await this.field(this.words.email).fill(this.email);
    await this.field(this.words.password).fill(this.password);
    await this.button(this.words.createAccount).click();
    await this.field(this.words.token).fill(await mailedToken(this.app, this.email));
    await this.button(this.words.verify).click();
    await expect(this.button(this.words.account)).toBeVisible();
  }

  async signIn(password = this.password): Promise<void> {
    await this.page.goto(`${this.app}/sign-in`);
    await this.field(this.words.email).fill(this.email);
    await this.field(this.words.password).fill(password);
    await this.button(this.words.signIn).click();
  }

  /** Chooses one of the ways to prove oneself, as the page offers them. */
  async chooseWay(name: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  }

  /** Proves a second step, or sets one up, with a token by mail. */
  async proveByMail(done: string): Promise<void> {
    const token = await tokenMailedBy(this.app, this.email, () =>
      this.button(this.words.sendToken).click(),
    );
    await this.field(this.words.token).fill(token);
    await this.button(done).click();
  }

  /** Signs in as somebody of whom a second step is demanded, and sets up the one by mail. */
  async signInAndSetUp(): Promise<void> {
    await this.signIn();
    await expect(this.heading(this.words.setUpTitle)).toBeVisible();
    await this.chooseWay(this.words.mailToken);
    await this.proveByMail(this.words.finish);
    await expect(this.heading(this.words.setUpTitle)).toBeHidden();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  async createWorkspace(name: string): Promise<void> {
    await this.field(this.words.workspaceName).fill(name);
    await this.button(this.words.createWorkspace).click();
    await expect(this.page.getByRole('navigation', { name: this.words.rooms })).toBeVisible();
  }

  async createRoom(name: string): Promise<void> {
    await this.button(this.words.newRoom).first().click();
    await this.field(this.words.roomName).fill(name);
    await this.button(this.words.createRoom).click();
    await expect(this.button(this.words.join(name)).first()).toBeVisible();
  }

  /** Goes to the members, by the way that stands on every page of a workspace. */
  async openMembers(): Promise<void> {
    const banner = this.page.getByRole('banner');
    await banner.getByRole('link', { name: this.words.members, exact: true }).click();
  }

  /** Invites somebody by mail. */
  async invite(guest: Person, role = 'member'): Promise<void> {
    await this.openMembers();
    await this.button(this.words.invite).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(this.words.email, { exact: true }).fill(guest.email);
    await dialog.getByLabel(this.words.role, { exact: true }).selectOption(role);
    await dialog.getByRole('button', { name: this.words.sendInvitation, exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Follows the link in the mail, signed in already, and accepts. */
  async acceptInvitation(): Promise<void> {
    await this.page.goto(await mailedInvitation(this.app, this.email));
    await this.button(this.words.acceptInvitation).click();
    await expect(this.page.getByRole('navigation', { name: this.words.rooms })).toBeVisible();
  }

  async join(room: string): Promise<void> {
    await this.button(this.words.join(room)).first().click();
    await expect(this.button(this.words.leave)).toBeVisible();
  }

  async leave(): Promise<void> {
    await this.button(this.words.leave).click();
    await expect(this.button(this.words.leave)).toBeHidden();
  }

  get microphone(): Locator {
    return this.page
      .getByRole('region', { name: this.words.call })
      .getByRole('button', { name: this.words.microphone });
  }

  /** The people of the room that this person is in, as the stage shows them. */
  get roster(): Locator {
    return this.page.getByRole('list', { name: this.words.people }).getByRole('listitem');
  }

  /** The people in a room, as the list of rooms shows them from outside. */
  occupants(room: string): Locator {
    return this.page
      .getByRole('list', { name: this.words.inRoom(room) })
      .first()
      .getByRole('listitem');
  }

  /** The screen of somebody, as the stage shows it. */
  screenOf(name: string): Locator {
    return this.page.locator(`video[aria-label="${this.words.screenOf(name)}"]`);
  }

  /** The face of somebody else, as the stage shows it. */
  cameraOf(name: string): Locator {
    return this.page.locator(`video[aria-label="${this.words.cameraOf(name)}"]`);
  }

  expectToSeeScreenOf(name: string): Promise<void> {
    return this.expectToSee(this.screenOf(name));
  }

  /** Waits until pictures arrive in a `<video>`, one after the other. */
  async expectToSee(shown: Locator): Promise<void> {
    const frames = async () => {
      await expect(shown).toBeVisible();
      return shown.evaluate(
        (video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames,
      );
    };
    const before = await frames();
    await expect
      .poll(frames, { message: `${this.name} sees something move` })
      .toBeGreaterThan(before + 5);
  }

  hears(): Promise<Heard> {
    return hear(this.page);
  }

  /** Waits until this person hears a tone of `hertz`, and of nothing louder. */
  async expectToHear(hertz: number): Promise<void> {
    const distance = async () => {
      const heard = await this.hears();
      return heard.decibels > -60 ? Math.abs(heard.hertz - hertz) : Number.POSITIVE_INFINITY;
    };
    await expect
      .poll(distance, {
        message: `${this.name} hears ${hertz} Hz`,
        intervals: [100],
      })
      .toBeLessThan(5);
  }

  async expectSilence(): Promise<void> {
    const level = async () => (await this.hears()).decibels;
    await expect
      .poll(level, { message: `${this.name} hears nothing`, intervals: [100] })
      .toBeLessThan(-90);
  }
}
