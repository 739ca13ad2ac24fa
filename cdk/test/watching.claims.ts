import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { FUNCTIONS, PRIMARY, SECOND } from '../lib/names.ts';
import type { Claim } from './claims.ts';
import { all, one } from './look.ts';
import type { World } from './world.ts';

const alarms = (world: World) => [
  ...all(world, 'AWS::CloudWatch::Alarm'),
  ...all(world, 'AWS::CloudWatch::CompositeAlarm'),
];
const BOTH = [PRIMARY, SECOND];
const RUNBOOKS = join(import.meta.dirname, '../../infra/runbooks');

export const watchingClaims: readonly Claim[] = [
  {
    rows: [17],
    says: 'every alarm does something, says what is wrong in two languages, and leads to a page that is there',
    holds: (world) => {
      for (const { properties } of alarms(world)) {
        const name = properties.AlarmName as string;
        expect(properties.AlarmActions?.length, name).toBeGreaterThan(0);
        const text = properties.AlarmDescription as string;
        expect(text, name).toMatch(/[A-Za-z]/);
        expect(text, name).toMatch(/[ぁ-んァ-ヶ一-龠]/);
        const page = /infra\/runbooks\/([a-z-]+)\.md$/.exec(text)?.[1] ?? 'none';
        expect(existsSync(join(RUNBOOKS, `${page}.md`)), `${name}: ${page}`).toBe(true);
      }
    },
    broken: (world) => {
      const [alarm] = alarms(world);
      if (alarm) alarm.properties.AlarmActions = [];
    },
  },
  {
    rows: [17],
    says: 'every page for an alarm is in Japanese and English, and says what to look at and to do',
    holds: (world) => {
      const pages = alarms(world).map(
        ({ properties }) => /runbooks\/([a-z-]+)\.md$/.exec(properties.AlarmDescription)?.[1],
      );
      for (const page of new Set(pages)) {
        const text = readFileSync(join(RUNBOOKS, `${page}.md`), 'utf8');
        for (const heading of ['## 日本語', '## English']) expect(text, page).toContain(heading);
      }
    },
    broken: (world) => {
      const [alarm] = alarms(world);
      if (alarm) alarm.properties.AlarmDescription = 'x → infra/runbooks/nothing-there.md';
    },
  },
  {
    rows: [17],
    says: 'everything that can fail has an alarm: functions, queues, stream, API, table, mail, node, Tokyo',
    holds: (world) => {
      const names = alarms(world).map(({ properties }) =>
        String(properties.AlarmName).replace(/^koeba-/, ''),
      );
      for (const name of FUNCTIONS) {
        for (const what of ['errors', 'throttles', 'slow', 'dead-letters', 'panics']) {
          expect(names).toContain(`${name}-${what}`);
        }
      }
      expect(names).toEqual(
        expect.arrayContaining([
          'events-late',
          'api-fails',
          'api-slow',
          'table-throttles',
          'table-errors',
          'osaka-late',
          'mail-bounces',
          'mail-complaints',
          'media-gone',
          'media-cpu',
          'media-memory',
          'media-tls',
          'media-unheard',
          'tokyo-silent',
        ]),
      );
      const queues = all(world, 'AWS::SQS::Queue').length;
      expect(names.filter((name) => name.endsWith('dead-letters'))).toHaveLength(queues);
    },
    broken: (world) => {
      const found = alarms(world).find(
        ({ properties }) => properties.AlarmName === 'koeba-osaka-late',
      );
      if (found) delete found.stack.template.Resources[found.id];
    },
  },
  {
    rows: [15, 17],
    says: 'two alarms over the others say what people notice: no voice, no way in',
    holds: (world) => {
      const rule = (name: string) =>
        JSON.stringify(
          one(
            world,
            'AWS::CloudWatch::CompositeAlarm',
            ({ properties }) => properties.AlarmName === name,
          ).properties.AlarmRule,
        );
      expect(rule('koeba-voice-does-not-get-through')).toMatch(/MediaGone.*MediaUnheard/);
      expect(rule('koeba-people-cannot-sign-in')).toMatch(/AccountsErrors.*ApiFails/);
    },
    broken: (world) => {
      const [composite] = all(world, 'AWS::CloudWatch::CompositeAlarm');
      if (composite) composite.properties.AlarmRule = 'FALSE';
    },
  },
  {
    rows: [17],
    says: 'Osaka asks Tokyo every minute how it is, over TLS 1.3, and speaks within three minutes of silence, its own included',
    holds: (world) => {
      const watcher = one(
        world,
        'AWS::Lambda::Function',
        ({ properties }) => properties.FunctionName === 'koeba-watcher',
      );
      expect(watcher.stack.region).toBe(SECOND);
      expect(watcher.properties.Code.ZipFile).toContain("minVersion: 'TLSv1.3'");
      expect(watcher.properties.Environment.Variables.KOEBA_HEALTH).toBe(
        'https://voice.example.com/api/health',
      );
      const schedule = one(world, 'AWS::Scheduler::Schedule', () => true, SECOND).properties;
      expect(schedule.ScheduleExpression).toBe('rate(1 minute)');
      expect(schedule.State).toBe('ENABLED');
      const alias = one(world, 'AWS::Lambda::Alias', () => true, SECOND);
      expect(schedule.Target.Arn).toEqual({ Ref: alias.id });
      expect(alias.properties.FunctionName).toEqual({ Ref: watcher.id });
      const alarm = one(
        world,
        'AWS::CloudWatch::Alarm',
        ({ properties }) => properties.AlarmName === 'koeba-tokyo-silent',
      );
      expect(alarm.stack.region).toBe(SECOND);
      expect(alarm.properties).toMatchObject({
        TreatMissingData: 'breaching',
        EvaluationPeriods: 3,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
      });
      const metrics = alarm.properties.Metrics as Record<string, any>[];
      const counted = metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
      expect(counted.map(({ Metric, Period }) => [Metric.MetricName, Period]).toSorted()).toEqual([
        ['Errors', 60],
        ['Invocations', 60],
      ]);
    },
    broken: (world) => {
      one(
        world,
        'AWS::CloudWatch::Alarm',
        ({ properties }) => properties.AlarmName === 'koeba-tokyo-silent',
      ).properties.TreatMissingData = 'notBreaching';
    },
  },
  {
    rows: [12],
    says: 'whoever is named in the configuration hears every alarm, in both regions, over TLS and encrypted',
    holds: (world) => {
      for (const region of BOTH) {
        const heard = all(world, 'AWS::SNS::Subscription', region).map(
          ({ properties }) => properties.Endpoint,
        );
        expect(heard).toEqual(world.config.alarmAddresses);
        const topic = one(world, 'AWS::SNS::Topic', () => true, region);
        expect(topic.properties.KmsMasterKeyId).toBeDefined();
      }
    },
    broken: (world) => {
      const [first] = all(world, 'AWS::SNS::Subscription', SECOND);
      if (first) delete first.stack.template.Resources[first.id];
    },
  },
  {
    rows: [57, 58],
    says: 'mails are signed, sent over TLS only, and to nobody whose address refused them',
    holds: (world) => {
      const settings = one(world, 'AWS::SES::ConfigurationSet').properties;
      expect(settings.DeliveryOptions.TlsPolicy).toBe('REQUIRE');
      expect(settings.SuppressionOptions.SuppressedReasons.toSorted()).toEqual([
        'BOUNCE',
        'COMPLAINT',
      ]);
      const identity = one(world, 'AWS::SES::EmailIdentity').properties;
      expect(identity.DkimAttributes.SigningEnabled).toBe(true);
      expect(identity.DkimSigningAttributes.NextSigningKeyLength).toBe('RSA_2048_BIT');
      expect(identity.ConfigurationSetAttributes.ConfigurationSetName).toBeDefined();
      const texts = all(world, 'AWS::Route53::RecordSet')
        .filter(({ properties }) => properties.Type === 'TXT')
        .map(({ properties }) => properties.ResourceRecords[0]);
      expect(texts).toContain('"v=spf1 include:amazonses.com -all"');
      expect(texts).toContain('"v=DMARC1; p=reject; adkim=s; aspf=r"');
      const dkim = all(world, 'AWS::Route53::RecordSet').filter(({ id }) => id.includes('Dkim'));
      expect(dkim).toHaveLength(3);
    },
    broken: (world) => {
      one(world, 'AWS::SES::ConfigurationSet').properties.DeliveryOptions.TlsPolicy = 'OPTIONAL';
    },
  },
];
