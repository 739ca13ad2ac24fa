import { describe, expect, it } from 'vitest';
import example from '../config.example.ts';
import { ConfigError, check } from '../lib/config.ts';
import { configuration } from './world.ts';

/** The sentences for a configuration with something wrong in it. */
function sentences(wrong: object): readonly string[] {
  try {
    check({ ...configuration(), ...wrong });
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  it('can be the example as it is checked in', () => {
    expect(check(example).mailFrom).toBe('no-reply@voice.example.com');
  });

  it.each([
    [{ stage: 'staging' }, "stage: write 'dev' (cheap, deletable) or 'prod' (locked, kept)"],
    [{ account: 111122223333 }, 'account: give the twelve digits of the AWS account in quotes'],
    [{ account: '1234' }, 'account: give the twelve digits of the AWS account, in quotes'],
    [{ domain: 'https://voice.example.com' }, 'without https://'],
    [{ domain: 'voice.other.example' }, 'domain must lie in this zone'],
    [{ alarmAddresses: [] }, 'somebody must hear an alarm'],
    [{ alarmAddresses: ['ops'] }, 'give a mail address, such as ops@example.com'],
    [{ operatorNetworks: [] }, 'give at least one network from which people operate Koeba'],
    [{ operatorNetworks: ['0.0.0.0/0'] }, 'lengths from 8 to 32'],
    [{ operatorNetworks: ['10.0.0.300/24'] }, 'numbers run to 255'],
    [{ allowedNetworks: ['everybody'] }, 'such as 203.0.113.0/24'],
    [{ mailFrom: 'no-reply@example.org' }, 'the address must be of the domain itself'],
    [{ media: { mode: 'sometimes', size: 'small' } }, "write 'always-on' or 'sleep-when-empty'"],
    [{ media: { mode: 'always-on', size: 'small', image: 'latest' } }, 'never a tag'],
    [{ retention: { logDays: 7, monthlyBackupDays: 400 } }, 'write 30, 90, 180, 365 or 731'],
    [{ retention: { logDays: 30, monthlyBackupDays: 90 } }, 'give 120 or more'],
    [{ monthlyBudgetUsd: 0 }, 'give an amount above zero'],
    [{ packages: undefined }, 'packages: '],
    [{ colour: 'blue' }, 'colour: there is no such setting'],
  ])('that says %j is refused with the sentence that mends it', (wrong, sentence) => {
    expect(sentences(wrong).join('\n')).toContain(sentence);
  });

  it('is told all its mistakes at once', () => {
    expect(sentences({ stage: 'x', account: 'y', alarmAddresses: [] })).toHaveLength(3);
  });
});
