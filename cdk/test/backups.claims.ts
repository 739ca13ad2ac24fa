import { expect } from 'vitest';
import { HOLDINGS } from '../lib/buckets.ts';
import { PRIMARY, SECOND, TABLE } from '../lib/names.ts';
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
const BOTH = [PRIMARY, SECOND];

export const backupsClaims: readonly Claim[] = [
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
];
