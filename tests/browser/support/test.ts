/** What every journey starts with: a Koeba, and people who arrive and are seen out at the end. */
import { test as base } from '@playwright/test';
import { type Koeba, startKoeba } from './koeba.ts';
import { type Arrival, Person } from './person.ts';
import { writeTone } from './tone.ts';

interface Fixtures {
  /** Lets somebody arrive in a browser of their own. */
  arrive(name: string, arrival?: Arrival): Promise<Person>;
  /** Lets somebody arrive whose voice is a tone. */
  arriveWithTone(name: string, hertz: number, arrival?: Arrival): Promise<Person>;
}

export const test = base.extend<Fixtures, { koeba: Koeba }>({
  koeba: [
    async ({}, use) => {
      const koeba = await startKoeba();
      await use(koeba);
      await koeba.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  arrive: async ({ koeba }, use) => {
    const people: Person[] = [];
    await use(async (name, arrival) => {
      const person = await Person.arrive(koeba.ready.app, name, arrival);
      people.push(person);
      return person;
    });
    await Promise.all(people.map((person) => person.close()));
  },

  arriveWithTone: async ({ arrive }, use) => {
    await use(async (name, hertz, arrival) =>
      arrive(name, { microphone: { allowed: true, file: await writeTone(hertz) }, ...arrival }),
    );
  },
});

export { expect } from '@playwright/test';
