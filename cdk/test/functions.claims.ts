import { expect } from 'vitest';
import { FUNCTIONS, type FunctionName, PRIMARY, LIVE_API } from '../lib/names.ts';
import { type Document, checkedIn, forAccount } from '../lib/policies.ts';
import type { Claim } from './claims.ts';
import { all, many, one, role, statements } from './look.ts';
import type { World } from './world.ts';

const lambda = (world: World, name: FunctionName) =>
  one(
    world,
    'AWS::Lambda::Function',
    ({ properties }) => properties.FunctionName === `koeba-${name}`,
  );
const ofPolicy = (world: World, name: string, policy: string) => {
  const policies = role(world, name).properties.Policies as Record<string, any>[];
  return policies.find((one) => one.PolicyName === policy)?.PolicyDocument;
};
/** An ARN as the documents write it, which cannot know what AWS calls the WebSocket API. */
const written = (arn: any): string =>
  typeof arn === 'string'
    ? arn
    : arn['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : LIVE_API)).join('');
/** A document in the form that the synthesis gives it: one thing is no list, actions are sorted. */
const normal = (document: Document) =>
  document.Statement.map((one) => ({
    ...one,
    Action: [...many(one.Action)].toSorted(),
    Resource: many(one.Resource).map(written).toSorted(),
  }));
/** Which documents of infra/policies a role has, under which names. */
const DOCUMENTS: readonly (readonly [role: string, policy: string, document: string])[] = [
  ['koeba-tenant', 'Workspace', 'tenant-role'],
  ['koeba-accounts', 'Data', 'accounts-role'],
  ['koeba-workspaces', 'Data', 'workspaces-role'],
  ['koeba-rooms', 'Data', 'rooms-role'],
  ['koeba-live', 'Data', 'live-role'],
  ['koeba-events', 'Data', 'events-role'],
];

export const functionClaims: readonly Claim[] = [
  {
    rows: [7, 26],
    says: 'the roles hold the documents that the embedded AWS services enforce, for this account',
    holds: (world) => {
      for (const [name, policy, document] of DOCUMENTS) {
        const expected = forAccount(checkedIn(document), world.config);
        expect(normal(ofPolicy(world, name, policy)), `${name}: ${document}`).toEqual(
          normal(expected),
        );
      }
    },
    broken: (world) => {
      delete ofPolicy(world, 'koeba-tenant', 'Workspace').Statement[0].Condition.Null;
    },
  },
  {
    rows: [26],
    says: 'no function may do anything beyond its documents, its log, its settings and its queue',
    holds: (world) => {
      for (const name of FUNCTIONS) {
        const documents = DOCUMENTS.filter(([of]) => of === `koeba-${name}`).flatMap(
          ([, , document]) =>
            checkedIn(document).Statement.flatMap((one) => many(one.Action as string | string[])),
        );
        const allowed = new Set([
          ...documents,
          'logs:CreateLogStream',
          'logs:PutLogEvents',
          'kms:Decrypt',
          ...['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
          ...['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:DescribeKey'],
          ...(name === 'events'
            ? ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
                (action) => `dynamodb:${action}`,
              )
            : []),
        ]);
        for (const one of statements(world, `koeba-${name}`)) {
          for (const action of many(one.Action)) expect(allowed, `${name}`).toContain(action);
          expect(many(one.Resource), `${name}: ${one.Sid}`).not.toContain('*');
        }
      }
    },
    broken: (world) => {
      ofPolicy(world, 'koeba-rooms', 'OwnLog').Statement.push({
        Effect: 'Allow',
        Action: 'dynamodb:Scan',
        Resource: 'arn:aws:dynamodb:*:*:table/koeba',
      });
    },
  },
  {
    rows: [17, 31],
    says: 'every function is a program for arm64 without an interpreter beneath it',
    holds: (world) => {
      for (const name of FUNCTIONS) {
        const { properties } = lambda(world, name);
        expect(properties.Runtime).toBe('provided.al2023');
        expect(properties.Architectures).toEqual(['arm64']);
      }
    },
    broken: (world) => {
      lambda(world, 'rooms').properties.Runtime = 'nodejs22.x';
    },
  },
  {
    rows: [10],
    says: 'a flood of sign-ins takes no place from anybody else',
    holds: (world) => {
      expect(lambda(world, 'accounts').properties.ReservedConcurrentExecutions).toBe(50);
    },
    broken: (world) => delete lambda(world, 'accounts').properties.ReservedConcurrentExecutions,
  },
  {
    rows: [17],
    says: 'a new version gets a tenth of the calls first, and is taken back when it fails',
    holds: (world) => {
      const groups = all(world, 'AWS::CodeDeploy::DeploymentGroup');
      expect(groups).toHaveLength(FUNCTIONS.length);
      for (const { properties } of groups) {
        expect(properties.DeploymentConfigName).toBe(
          'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        );
        expect(properties.AutoRollbackConfiguration.Events.toSorted()).toEqual([
          'DEPLOYMENT_FAILURE',
          'DEPLOYMENT_STOP_ON_ALARM',
          'DEPLOYMENT_STOP_ON_REQUEST',
        ]);
        expect(properties.AlarmConfiguration.Enabled).toBe(true);
        expect(properties.AlarmConfiguration.Alarms).not.toEqual([]);
      }
      // The watcher in Osaka changes with its stack only.
      for (const { resource } of all(world, 'AWS::Lambda::Alias', PRIMARY)) {
        expect(resource).toHaveProperty('UpdatePolicy.CodeDeployLambdaAliasUpdate');
      }
    },
    broken: (world) => {
      const [group] = all(world, 'AWS::CodeDeploy::DeploymentGroup');
      if (group) group.properties.AlarmConfiguration.Alarms = [];
    },
  },
  {
    rows: [17, 20],
    says: 'every log is encrypted with a key of ours and kept as long as the configuration says',
    holds: (world) => {
      const logs = all(world, 'AWS::Logs::LogGroup');
      expect(logs.length).toBeGreaterThan(FUNCTIONS.length);
      for (const { id, properties } of logs) {
        expect(properties.KmsKeyId, id).toBeDefined();
        expect(properties.RetentionInDays, id).toBe(world.config.retention.logDays);
      }
    },
    broken: (world) => delete all(world, 'AWS::Logs::LogGroup')[0]?.properties.KmsKeyId,
  },
  {
    rows: [12],
    says: 'mails follow from the stream: what fails is split, offered again by itself, and kept at last',
    holds: (world) => {
      const { properties } = one(world, 'AWS::Lambda::EventSourceMapping');
      expect(properties.BisectBatchOnFunctionError).toBe(true);
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(properties.MaximumRetryAttempts).toBe(20);
      expect(properties.StartingPosition).toBe('TRIM_HORIZON');
      expect(properties.DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]).toContain(
        'eventsDeadLetters',
      );
    },
    broken: (world) =>
      delete one(world, 'AWS::Lambda::EventSourceMapping').properties.FunctionResponseTypes,
  },
  {
    rows: [11],
    says: 'reminders are looked for every hour of Japan',
    holds: (world) => {
      const { properties } = one(world, 'AWS::Scheduler::Schedule', ({ id }) =>
        id.includes('Reminders'),
      );
      expect(properties.ScheduleExpression).toBe('cron(5 * * * ? *)');
      expect(properties.ScheduleExpressionTimezone).toBe('Asia/Tokyo');
      expect(properties.Target.DeadLetterConfig).toBeDefined();
    },
    broken: (world) => {
      const { properties } = one(world, 'AWS::Scheduler::Schedule', ({ id }) =>
        id.includes('Reminders'),
      );
      properties.ScheduleExpressionTimezone = 'UTC';
    },
  },
  {
    rows: [4],
    says: 'neither API is answered under the address that AWS gave it',
    holds: (world) => {
      const apis = all(world, 'AWS::ApiGatewayV2::Api');
      expect(apis).toHaveLength(2);
      for (const { properties } of apis) expect(properties.DisableExecuteApiEndpoint).toBe(true);
    },
    broken: (world) => {
      const [first] = all(world, 'AWS::ApiGatewayV2::Api');
      if (first) first.properties.DisableExecuteApiEndpoint = false;
    },
  },
  {
    rows: [20],
    says: 'every request is one line of the access log, without addresses, queries or cookies',
    holds: (world) => {
      const stages = all(world, 'AWS::ApiGatewayV2::Stage');
      expect(stages).toHaveLength(2);
      for (const { properties } of stages) {
        const format = properties.AccessLogSettings.Format as string;
        expect(Object.keys(JSON.parse(format))).toContain('requestId');
        expect(format).not.toMatch(/sourceIp|identity|path|query|header/i);
      }
    },
    broken: (world) => {
      const [first] = all(world, 'AWS::ApiGatewayV2::Stage');
      if (first)
        first.properties.AccessLogSettings.Format = '{"requestId":"$context.identity.sourceIp"}';
    },
  },
];
