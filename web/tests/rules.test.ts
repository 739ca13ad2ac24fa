import { expect, test } from 'vitest';
import { formatSince, hueOf, initials } from '../src/i18n/format';
import { factsFrom, nothingKnown, qualityOf } from '../src/voice/facts';
import { levelOf } from '../src/voice/level';
import { defaults, readSettings } from '../src/voice/settings';

test('initials are one character of a Japanese name and two letters of a Latin one', () => {
  expect(initials('山田 花子')).toBe('山');
  expect(initials('amelia novak')).toBe('AN');
  expect(initials('Mia')).toBe('M');
  expect(initials('👩‍🚀 Ada')).toBe('👩‍🚀');
  expect(initials('  ')).toBe('?');
});

test('a person keeps their hue, and twelve hues are all used', () => {
  expect(hueOf('us_7')).toBe(hueOf('us_7'));
  const hues = new Set(Array.from({ length: 200 }, (_, index) => hueOf(`us_${index}`)));
  expect(hues.size).toBe(12);
});

test('times are told in the largest unit that fits, in both languages', () => {
  const now = new Date('2026-04-01T09:00:00Z');
  expect(formatSince('en', '2026-04-01T08:59:40Z', now)).toBe('this minute');
  expect(formatSince('en', '2026-04-01T08:18:00Z', now)).toBe('42 minutes ago');
  expect(formatSince('ja', '2026-04-01T06:00:00Z', now)).toMatch(/3\s?時間前/);
  expect(formatSince('en', '2026-04-01T09:00:10Z', now)).toBe('this minute');
});

test('settings that were tampered with fall back one by one', () => {
  const stored = { keys: false, enterOn: 'yes', volumes: { us_1: 0.5, us_2: 7, us_3: '1' } };
  expect(readSettings(JSON.stringify(stored))).toEqual({
    ...defaults,
    keys: false,
    volumes: { us_1: 0.5 },
  });
  expect(readSettings('{torn')).toEqual(defaults);
  expect(readSettings('null')).toEqual(defaults);
});

test('silence is 0, full scale is 1, and speech is in between', () => {
  expect(levelOf(new Float32Array(512))).toBe(0);
  expect(levelOf(new Float32Array(512).fill(1))).toBe(1);
  const speech = levelOf(new Float32Array(512).fill(0.05));
  expect(speech).toBeGreaterThan(0.4);
  expect(speech).toBeLessThan(0.7);
});

test('the facts of a connection are read out of the statistics', () => {
  const report = new Map<string, unknown>([
    [
      'T1',
      {
        type: 'transport',
        tlsVersion: 'FEFC',
        dtlsCipher: 'TLS_AES_128_GCM_SHA256',
        srtpCipher: 'AEAD_AES_128_GCM',
        selectedCandidatePairId: 'P1',
      },
    ],
    ['P1', { type: 'candidate-pair', localCandidateId: 'L1', currentRoundTripTime: 0.0125 }],
    ['L1', { type: 'local-candidate', candidateType: 'prflx', protocol: 'udp' }],
    [
      'I1',
      { type: 'inbound-rtp', kind: 'audio', packetsLost: 2, packetsReceived: 98, codecId: 'C' },
    ],
    ['C', { type: 'codec', mimeType: 'audio/opus' }],
  ]);
  expect(factsFrom(report)).toEqual({
    dtls: 'DTLS 1.3 (FEFC)',
    cipher: 'TLS_AES_128_GCM_SHA256',
    srtp: 'AEAD_AES_128_GCM',
    roundTripMs: 12.5,
    loss: 0.02,
    path: 'prflx · UDP',
    codec: 'audio/opus',
  });
  expect(factsFrom(undefined).dtls).toBeNull();
});

test('a line is as good as the worse of its delay and its loss', () => {
  const line = (roundTripMs: number, loss: number | null) =>
    qualityOf({ ...nothingKnown, roundTripMs, loss });
  expect(qualityOf(nothingKnown)).toBe('unknown');
  expect(line(20, null)).toBe('excellent');
  expect(line(20, 0.05)).toBe('good');
  expect(line(200, 0)).toBe('good');
  expect(line(500, 0)).toBe('poor');
  expect(line(20, 0.2)).toBe('poor');
});
