import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { HOLDINGS } from '../lib/buckets.ts';
import { FUNCTIONS, PRIMARY, SECOND, TABLE } from '../lib/names.ts';
import type { Claim } from './claims.ts';
import { all, bucket, many, one } from './look.ts';
import type { World } from './world.ts';

const rules = (world: World) =>
  one(world, 'AWS::Backup::BackupPlan').properties.BackupPlan.BackupPlanRule as Record<
    string,
    any
  >[];
const vault = (world: World, region: string) =>
  one(world, 'AWS::Backup::BackupVault', () => true, region).properties;
const detector = (world: World, region: string) =>
  one(world, 'AWS::GuardDuty::Detector', () => true, region).properties;
const alarms = (world: World) => [
  ...all(world, 'AWS::CloudWatch::Alarm'),
  ...all(world, 'AWS::CloudWatch::CompositeAlarm'),
];
const BOTH = [PRIMARY, SECOND];
const RUNBOOKS = join(import.meta.dirname, '../../infra/runbooks');

export const operationsClaims: readonly Claim[] = [
  {
    rows: [20],
    says: 'backups are made every day and on the first of every month of Japan, and kept as the sheet says',
    holds: (world) => {
      const [daily, monthly] = rules(world);
      expect([daily?.ScheduleExpression, daily?.ScheduleExpressionTimezone]).toEqual([
        'cron(0 3 * * ? *)',
        'Asia/Tokyo',
      ]);
      expect(daily?.Lifecycle).toEqual({ DeleteAfterDays: 35 });
      expect([monthly?.ScheduleExpression, monthly?.ScheduleExpressionTimezone]).toEqual([
        'cron(0 0 1 * ? *)',
        'Asia/Tokyo',
      ]);
      const life = monthly?.Lifecycle;
      expect(life).toEqual({ MoveToColdStorageAfterDays: 30, DeleteAfterDays: 400 });
      expect(life.DeleteAfterDays - life.MoveToColdStorageAfterDays).toBeGreaterThanOrEqual(90);
    },
    broken: (world) => delete rules(world)[1]?.ScheduleExpressionTimezone,
  },
  {
    rows: [6, 21],
    says: 'every backup has a copy in the vault of Osaka, kept as long',
    holds: (world) => {
      expect(rules(world)).toHaveLength(2);
      for (const rule of rules(world)) {
        expect(rule.CopyActions).toEqual([
          {
            DestinationBackupVaultArn: `arn:aws:backup:${SECOND}:${world.config.account}:backup-vault:koeba`,
            Lifecycle: rule.Lifecycle,
          },
        ]);
      }
      expect(vault(world, SECOND).BackupVaultName).toBe('koeba');
    },
    broken: (world) => rules(world)[0]?.CopyActions.pop(),
  },
  {
    rows: [6],
    says: 'in both regions the vault is encrypted with a key of ours, locked, and gives nothing up',
    holds: (world) => {
      for (const region of BOTH) {
        const found = vault(world, region);
        expect(found.EncryptionKeyArn).toBeDefined();
        expect(found.LockConfiguration).toEqual({
          MinRetentionDays: 35,
          MaxRetentionDays: 3650,
          ChangeableForDays: 3,
        });
        const [denial] = found.AccessPolicy.Statement;
        expect(denial.Effect).toBe('Deny');
        expect(denial.Principal).toEqual({ AWS: '*' });
        expect(many(denial.Action)).toEqual(
          expect.arrayContaining([
            'backup:DeleteRecoveryPoint',
            'backup:UpdateRecoveryPointLifecycle',
          ]),
        );
      }
    },
    broken: (world) => delete vault(world, SECOND).LockConfiguration,
  },
  {
    rows: [20],
    says: 'everything that holds what people entrusted is selected for backups, but for the keys',
    holds: (world) => {
      const selection = one(world, 'AWS::Backup::BackupSelection').properties.BackupSelection;
      expect(selection.ListOfTags).toEqual([
        { ConditionKey: 'koeba:backup', ConditionType: 'STRINGEQUALS', ConditionValue: 'yes' },
      ]);
      const tagged = (tags: { Key: string }[]) => tags.some(({ Key }) => Key === 'koeba:backup');
      const tables = all(world, 'AWS::DynamoDB::GlobalTable').filter(({ properties }) =>
        properties.Replicas.every((one: any) => tagged(one.Tags)),
      );
      expect(tables.map(({ properties }) => properties.TableName)).toEqual([TABLE]);
      for (const { holds, backedUp } of Object.values(HOLDINGS)) {
        expect(tagged(bucket(world, holds, PRIMARY).properties.Tags), holds).toBe(backedUp);
      }
    },
    broken: (world) => {
      const { properties } = bucket(world, 'koeba-files', PRIMARY);
      properties.Tags = properties.Tags.filter(({ Key }: any) => Key !== 'koeba:backup');
    },
  },
  {
    rows: [17],
    says: 'every week a backup of the table is restored to see that it can be',
    holds: (world) => {
      const plan = one(world, 'AWS::Backup::RestoreTestingPlan').properties;
      expect([plan.ScheduleExpression, plan.ScheduleExpressionTimezone]).toEqual([
        'cron(0 5 ? * SUN *)',
        'Asia/Tokyo',
      ]);
      const what = one(world, 'AWS::Backup::RestoreTestingSelection').properties;
      expect(what.ProtectedResourceType).toBe('DynamoDB');
    },
    broken: (world) => {
      one(world, 'AWS::Backup::RestoreTestingPlan').properties.ScheduleExpression =
        'cron(0 5 1 1 ? *)';
    },
  },
  {
    rows: [5],
    says: 'GuardDuty watches buckets, functions and running containers in both regions',
    holds: (world) => {
      for (const region of BOTH) {
        const found = detector(world, region);
        expect(found.Enable).toBe(true);
        expect(found.FindingPublishingFrequency).toBe('FIFTEEN_MINUTES');
        const on = (found.Features as Record<string, any>[]).filter(
          ({ Status }) => Status === 'ENABLED',
        );
        expect(on.map(({ Name }) => Name).toSorted()).toEqual([
          'EBS_MALWARE_PROTECTION',
          'LAMBDA_NETWORK_LOGS',
          'RUNTIME_MONITORING',
          'S3_DATA_EVENTS',
        ]);
        const running = on.find(({ Name }) => Name === 'RUNTIME_MONITORING');
        expect(running?.AdditionalConfiguration).toEqual([
          { Name: 'ECS_FARGATE_AGENT_MANAGEMENT', Status: 'ENABLED' },
        ]);
      }
    },
    broken: (world) => {
      detector(world, SECOND).Enable = false;
    },
  },
  {
    rows: [5],
    says: 'every upload is scanned and tagged with what was found',
    holds: (world) => {
      const plan = one(world, 'AWS::GuardDuty::MalwareProtectionPlan').properties;
      expect(plan.Actions).toEqual({ Tagging: { Status: 'ENABLED' } });
      const { properties } = bucket(world, 'koeba-files', PRIMARY);
      expect(plan.ProtectedResource.S3Bucket.BucketName).toBe(properties.BucketName);
    },
    broken: (world) => {
      one(world, 'AWS::GuardDuty::MalwareProtectionPlan').properties.Actions.Tagging.Status =
        'DISABLED';
    },
  },
  {
    rows: [5],
    says: 'people hear of findings from medium on, in both regions',
    holds: (world) => {
      for (const region of BOTH) {
        const rule = one(
          world,
          'AWS::Events::Rule',
          ({ properties }) => properties.Name === 'koeba-findings',
          region,
        ).properties;
        expect(rule.State).toBe('ENABLED');
        expect(rule.EventPattern).toEqual({
          source: ['aws.guardduty'],
          'detail-type': ['GuardDuty Finding'],
          detail: { severity: [{ numeric: ['>=', 4] }] },
        });
        const topic = one(world, 'AWS::SNS::Topic', () => true, region);
        expect(rule.Targets[0].Arn).toEqual({ Ref: topic.id });
      }
    },
    broken: (world) => {
      const [rule] = all(world, 'AWS::Events::Rule', SECOND).filter(
        ({ properties }) => properties.Name === 'koeba-findings',
      );
      if (rule) rule.properties.EventPattern.detail.severity = [{ numeric: ['>=', 8] }];
    },
  },
  {
    rows: [11, 20],
    says: 'who did what to the account is written down in every region, signed, and kept where nobody deletes',
    holds: (world) => {
      const trail = one(world, 'AWS::CloudTrail::Trail').properties;
      expect(trail.IsMultiRegionTrail).toBe(true);
      expect(trail.EnableLogFileValidation).toBe(true);
      expect(trail.IncludeGlobalServiceEvents).toBe(true);
      expect(trail.KMSKeyId).toBeDefined();
      expect(trail.S3BucketName).toBe(
        bucket(world, 'koeba-access-logs', PRIMARY).properties.BucketName,
      );
      const data = JSON.stringify(trail.EventSelectors);
      for (const holds of ['koeba-files', 'koeba-archive', 'koeba-releases']) {
        expect(data).toContain(holds);
      }
    },
    broken: (world) => {
      one(world, 'AWS::CloudTrail::Trail').properties.EnableLogFileValidation = false;
    },
  },
  {
    rows: [17],
    says: 'Security Hub, Config and Access Analyzer look at both regions',
    holds: (world) => {
      for (const type of [
        'AWS::SecurityHub::Hub',
        'AWS::Config::ConfigurationRecorder',
        'AWS::Config::DeliveryChannel',
        'AWS::AccessAnalyzer::Analyzer',
      ]) {
        expect(
          all(world, type)
            .map(({ stack }) => stack.region)
            .toSorted(),
          type,
        ).toEqual(BOTH);
      }
    },
    broken: (world) => {
      const [hub] = all(world, 'AWS::SecurityHub::Hub', SECOND);
      if (hub) delete hub.stack.template.Resources[hub.id];
    },
  },
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
    says: 'Osaka asks Tokyo every minute how it is, over TLS 1.3, and takes its own silence for an alarm',
    holds: (world) => {
      const canary = one(world, 'AWS::Synthetics::Canary');
      expect(canary.stack.region).toBe(SECOND);
      expect(canary.properties.Schedule.Expression).toBe('rate(1 minute)');
      expect(canary.properties.Code.Script).toContain('https://voice.example.com/api/health');
      expect(canary.properties.Code.Script).toContain("minVersion: 'TLSv1.3'");
      const alarm = one(
        world,
        'AWS::CloudWatch::Alarm',
        ({ properties }) => properties.AlarmName === 'koeba-tokyo-silent',
      );
      expect(alarm.stack.region).toBe(SECOND);
      expect(alarm.properties.TreatMissingData).toBe('breaching');
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
  {
    rows: [6, 21],
    says: 'nothing leaves Japan but what CloudFront has to be told there',
    holds: (world) => {
      for (const { name, region, template } of world.stacks) {
        const elsewhere = JSON.stringify(template.Resources).match(
          /\b(?:us|eu|ap|ca|sa|me|af|il|mx)-(?:gov-)?[a-z]+-\d\b/g,
        );
        const foreign = new Set((elsewhere ?? []).filter((one) => !BOTH.includes(one)));
        if (name.startsWith('Koeba-Front')) {
          expect(region).toBe('us-east-1');
          const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
          expect([...types].toSorted()).toEqual([
            'AWS::CertificateManager::Certificate',
            'AWS::CloudFront::Distribution',
            'AWS::CloudFront::Function',
            'AWS::CloudFront::OriginAccessControl',
            'AWS::CloudFront::ResponseHeadersPolicy',
            'AWS::Logs::Delivery',
            'AWS::Logs::DeliveryDestination',
            'AWS::Logs::DeliverySource',
            'AWS::Route53::RecordSet',
            'AWS::WAFv2::LoggingConfiguration',
            'AWS::WAFv2::WebACL',
          ]);
        } else {
          expect(BOTH, name).toContain(region);
          // The distribution's own address, the log sources' and the replica of CloudFront's secret.
          expect(
            [...foreign].filter((one) => one !== 'us-east-1'),
            name,
          ).toEqual([]);
        }
      }
      const secrets = all(world, 'AWS::SecretsManager::Secret').filter(({ properties }) =>
        properties.ReplicaRegions.some((one: any) => one.Region === 'us-east-1'),
      );
      expect(secrets.map(({ properties }) => properties.Name)).toEqual(['koeba/origin']);
    },
    broken: (world) => {
      const secret = one(
        world,
        'AWS::SecretsManager::Secret',
        ({ properties }) => properties.Name === 'koeba/token-secret',
      );
      secret.properties.ReplicaRegions.push({ Region: 'us-east-1' });
    },
  },
];
