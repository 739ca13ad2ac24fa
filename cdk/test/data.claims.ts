import { expect } from 'vitest';
import { KEYS_TABLE, PRIMARY, SECOND, TABLE } from '../lib/names.ts';
import { HOLDINGS } from '../lib/buckets.ts';
import type { Claim } from './claims.ts';
import { all, bucket, many, one, role } from './look.ts';
import type { World } from './world.ts';

const table = (world: World, name = TABLE) =>
  one(world, 'AWS::DynamoDB::GlobalTable', ({ properties }) => properties.TableName === name);
const replica = (world: World, region: string, name = TABLE) => {
  const replicas = table(world, name).properties.Replicas as Record<string, any>[];
  return replicas.find((one) => one.Region === region) ?? {};
};
const holdings = Object.values(HOLDINGS);
const permanent = holdings.filter((holding) => holding.permanent);
const BOTH = [PRIMARY, SECOND];

export const dataClaims: readonly Claim[] = [
  {
    rows: [6, 21],
    says: 'the tables are in Tokyo and Osaka and nowhere else',
    holds: (world) => {
      for (const name of [TABLE, KEYS_TABLE]) {
        const regions = table(world, name).properties.Replicas.map((one: any) => one.Region);
        expect(regions.toSorted()).toEqual(BOTH);
      }
    },
    broken: (world) => table(world, KEYS_TABLE).properties.Replicas.pop(),
  },
  {
    rows: [17],
    says: 'the table can be brought back to any second of 35 days, in both regions',
    holds: (world) => {
      for (const region of BOTH) {
        expect(replica(world, region).PointInTimeRecoverySpecification).toEqual({
          PointInTimeRecoveryEnabled: true,
          RecoveryPeriodInDays: 35,
        });
      }
    },
    broken: (world) => {
      replica(world, SECOND).PointInTimeRecoverySpecification.RecoveryPeriodInDays = 7;
    },
  },
  {
    rows: [9],
    says: 'the table of keys is in no backup, so that a destroyed key is nowhere',
    holds: (world) => {
      for (const region of BOTH) {
        const keys = replica(world, region, KEYS_TABLE);
        expect(keys.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(false);
        expect(keys.Tags.map((tag: any) => tag.Key)).not.toContain('koeba:backup');
      }
    },
    broken: (world) => {
      replica(
        world,
        PRIMARY,
        KEYS_TABLE,
      ).PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled = true;
    },
  },
  {
    rows: [17, 21],
    says: 'in production nobody deletes a table, in either region, and no stack takes one along',
    holds: (world) => {
      for (const name of [TABLE, KEYS_TABLE]) {
        for (const region of BOTH) {
          expect(replica(world, region, name).DeletionProtectionEnabled).toBe(true);
        }
        expect(table(world, name).resource.DeletionPolicy).toBe('Retain');
        expect(table(world, name).resource.UpdateReplacePolicy).toBe('Retain');
      }
    },
    broken: (world) => {
      replica(world, SECOND, KEYS_TABLE).DeletionProtectionEnabled = false;
    },
  },
  {
    rows: [6],
    says: 'the tables are encrypted with a key of ours in each region',
    holds: (world) => {
      for (const name of [TABLE, KEYS_TABLE]) {
        expect(table(world, name).properties.SSESpecification).toEqual({
          SSEEnabled: true,
          SSEType: 'KMS',
        });
        for (const region of BOTH) {
          const key = JSON.stringify(replica(world, region, name).SSESpecification.KMSMasterKeyId);
          expect(key).toContain('DataKey');
          expect(region === SECOND).toBe(key.includes(`arn:aws:kms:${SECOND}`));
        }
      }
    },
    broken: (world) => {
      replica(world, SECOND).SSESpecification.KMSMasterKeyId = 'alias/aws/dynamodb';
    },
  },
  {
    rows: [6],
    says: 'keys of ours change themselves every year, and the data key is one key in two regions',
    holds: (world) => {
      for (const { properties } of all(world, 'AWS::KMS::Key')) {
        expect(properties.EnableKeyRotation).toBe(true);
      }
      const data = one(world, 'AWS::KMS::Key', ({ properties }) => properties.MultiRegion === true);
      expect(data.stack.region).toBe(PRIMARY);
      expect(one(world, 'AWS::KMS::ReplicaKey').stack.region).toBe(SECOND);
    },
    broken: (world) => {
      one(
        world,
        'AWS::KMS::Key',
        ({ properties }) => properties.MultiRegion,
      ).properties.EnableKeyRotation = false;
    },
  },
  {
    rows: [4],
    says: 'no bucket is reached without TLS 1.3',
    holds: (world) => {
      for (const { holds } of holdings) {
        for (const region of BOTH) {
          const { statements } = bucket(world, holds, region);
          const denials = statements.filter(
            (one) => one.Effect === 'Deny' && many(one.Action).includes('s3:*'),
          );
          const floors = denials.map((one) => one.Condition?.NumericLessThan?.['s3:TlsVersion']);
          const plain = denials.map((one) => one.Condition?.Bool?.['aws:SecureTransport']);
          expect(floors.map(String)).toContain('1.3');
          expect(plain).toContain('false');
        }
      }
    },
    broken: (world) => {
      const { statements } = bucket(world, 'koeba-files', SECOND);
      for (const one of statements) if (one.Condition) delete one.Condition.NumericLessThan;
    },
  },
  {
    rows: [6, 31],
    says: 'no bucket is public, every one is encrypted and keeps its versions, and knows no ACLs',
    holds: (world) => {
      for (const { id, properties } of all(world, 'AWS::S3::Bucket')) {
        expect(properties.PublicAccessBlockConfiguration, id).toEqual({
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        });
        expect(properties.BucketEncryption, id).toBeDefined();
        expect(properties.VersioningConfiguration, id).toEqual({ Status: 'Enabled' });
        expect(properties.OwnershipControls.Rules, id).toEqual([
          { ObjectOwnership: 'BucketOwnerEnforced' },
        ]);
      }
    },
    broken: (world) => {
      bucket(
        world,
        'koeba-files',
        PRIMARY,
      ).properties.PublicAccessBlockConfiguration.IgnorePublicAcls = false;
    },
  },
  {
    rows: [20, 21],
    says: 'every bucket of Tokyo has a copy in Osaka within fifteen minutes',
    holds: (world) => {
      for (const { holds } of holdings) {
        const { properties } = bucket(world, holds, PRIMARY);
        const rules = properties.ReplicationConfiguration.Rules as Record<string, any>[];
        expect(rules).toHaveLength(1);
        const copy = bucket(world, holds, SECOND).properties.BucketName;
        expect(rules[0]?.Status).toBe('Enabled');
        expect(rules[0]?.Destination.Bucket).toBe(`arn:aws:s3:::${copy}`);
        expect(rules[0]?.Destination.ReplicationTime.Time.Minutes).toBe(15);
      }
    },
    broken: (world) => {
      bucket(world, 'koeba-archive', PRIMARY).properties.ReplicationConfiguration.Rules[0].Status =
        'Disabled';
    },
  },
  {
    rows: [20, 21],
    says: 'the copy of what is locked is locked too: replication may read the locks',
    holds: (world) => {
      const policies = all(world, 'AWS::IAM::Policy', PRIMARY).filter(({ id }) =>
        id.includes('ReplicationRole'),
      );
      for (const { holds } of holdings.filter(({ locked }) => locked)) {
        const { id } = bucket(world, holds, PRIMARY);
        const own = policies.find(({ properties }) => JSON.stringify(properties).includes(id));
        expect(JSON.stringify(own?.properties), holds).toContain('s3:GetObjectRetention');
      }
    },
    broken: (world) => {
      for (const { properties } of all(world, 'AWS::IAM::Policy', PRIMARY)) {
        for (const one of properties.PolicyDocument.Statement) {
          one.Action = many<string>(one.Action).filter(
            (action: string) => action !== 's3:GetObjectRetention',
          );
        }
      }
    },
  },
  {
    rows: [16, 20],
    says: 'access logs, archives and releases never expire and cannot be deleted by anybody',
    holds: (world) => {
      for (const { holds, locked } of permanent) {
        for (const region of BOTH) {
          const { properties, resource, statements } = bucket(world, holds, region);
          expect(JSON.stringify(properties.LifecycleConfiguration)).not.toContain('Expir');
          expect(resource.DeletionPolicy).toBe('Retain');
          const denial = statements.find((one) => one.Sid === 'NothingIsEverDeleted');
          expect(denial?.Effect).toBe('Deny');
          expect(denial?.Principal).toEqual({ AWS: '*' });
          expect(many(denial?.Action ?? [])).toEqual(
            expect.arrayContaining([
              's3:DeleteObject',
              's3:DeleteObjectVersion',
              's3:BypassGovernanceRetention',
              's3:PutLifecycleConfiguration',
            ]),
          );
          if (locked) {
            const lock = properties.ObjectLockConfiguration.Rule.DefaultRetention;
            expect(lock).toEqual({ Days: 3650, Mode: 'GOVERNANCE' });
          }
        }
      }
    },
    broken: (world) => {
      const { properties } = bucket(world, 'koeba-access-logs', SECOND);
      properties.LifecycleConfiguration.Rules[0].ExpirationInDays = 3650;
    },
  },
  {
    rows: [5],
    says: 'nobody reads an upload that was not scanned, or in which something was found',
    holds: (world) => {
      for (const region of BOTH) {
        const { statements } = bucket(world, 'koeba-files', region);
        const gate = statements.find((one) => one.Sid === 'OnlyWhatWasScanned');
        expect(gate?.Effect).toBe('Deny');
        expect(many(gate?.Action ?? [])).toContain('s3:GetObject');
        expect(gate?.Condition?.StringNotEquals).toEqual({
          's3:ExistingObjectTag/GuardDutyMalwareScanStatus': 'NO_THREATS_FOUND',
        });
      }
    },
    broken: (world) => {
      const { statements } = bucket(world, 'koeba-files', PRIMARY);
      statements.splice(
        statements.findIndex((one) => one.Sid === 'OnlyWhatWasScanned'),
        1,
      );
    },
  },
  {
    rows: [7, 26],
    says: 'the tenant role is taken on by the five functions only, tagged with one workspace',
    holds: (world) => {
      const { properties } = role(world, 'koeba-tenant');
      const trust = properties.AssumeRolePolicyDocument.Statement as Record<string, any>[];
      expect(trust.map((one) => one.Action).toSorted()).toEqual([
        'sts:AssumeRole',
        'sts:TagSession',
      ]);
      for (const one of trust) {
        expect(one.Condition).toEqual({
          ArnEquals: {
            'aws:PrincipalArn': ['accounts', 'workspaces', 'rooms', 'live', 'events'].map(
              (name) => `arn:aws:iam::${world.config.account}:role/koeba-${name}`,
            ),
          },
          StringLike: { 'aws:RequestTag/workspace': 'ws_?*' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['workspace'] },
          Null: { 'aws:TagKeys': 'false' },
        });
      }
    },
    broken: (world) => {
      const { properties } = role(world, 'koeba-tenant');
      delete properties.AssumeRolePolicyDocument.Statement[0].Condition.Null;
    },
  },
];
