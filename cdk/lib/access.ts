/** Who reaches what people entrusted to Koeba: its own roles, and operators from their networks, for an hour. */

import { Duration, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { BACKUP_ROLE } from './backups.ts';
import { HOLDINGS } from './buckets.ts';
import type { Config } from './config.ts';
import {
  FUNCTIONS,
  KEYS_TABLE,
  PRIMARY,
  SECOND,
  TABLE,
  TENANT_ROLE,
  bucketName,
  functionName,
  roleArn,
} from './names.ts';

/** The role that people operate with. */
export const OPERATOR_ROLE = 'koeba-operator';

/** Every action that reads or changes what is in a table. */
const DATA = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'ConditionCheckItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLSelect',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
  'ExportTableToPointInTime',
].map((action) => `dynamodb:${action}`);

/**
 * Refuses whoever is none of Koeba's roles, an administrator of the account included. AWS's own
 * services, which replicate and expire, act under roles of theirs.
 */
export function tableOnlyFor(config: Config, table: string): iam.PolicyDocument {
  const operators = table === TABLE ? [OPERATOR_ROLE] : [];
  const roles = [
    TENANT_ROLE,
    ...FUNCTIONS.map(functionName),
    ...(table === TABLE ? [BACKUP_ROLE] : []),
    ...operators,
  ];
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        sid: 'OnlyKoeba',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: DATA,
        resources: ['*'],
        conditions: {
          ArnNotLike: {
            'aws:PrincipalArn': [
              ...roles.map((name) => roleArn(config.account, name)),
              roleArn(config.account, 'aws-service-role/*'),
            ],
          },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
        },
      }),
    ],
  });
}

/** People who operate: they see logs, alarms and backups, and look up items with a reason of their own. */
export class Operators extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const from = { 'aws:SourceIp': [...config.operatorNetworks] };
    const everywhere = [PRIMARY, SECOND];
    const allow = (sid: string, actions: string[], resources: string[]) =>
      new iam.PolicyStatement({ sid, actions, resources });
    new iam.Role(this, 'Role', {
      roleName: OPERATOR_ROLE,
      description: 'Looks after Koeba, from its networks, with a second factor, for an hour',
      maxSessionDuration: Duration.hours(1),
      assumedBy: new iam.AccountRootPrincipal().withConditions({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        IpAddress: from,
      }),
      inlinePolicies: {
        Operate: new iam.PolicyDocument({
          statements: [
            allow(
              'Logs',
              [
                'logs:FilterLogEvents',
                'logs:GetLogEvents',
                'logs:StartQuery',
                'logs:GetQueryResults',
              ],
              everywhere.map(
                (region) => `arn:aws:logs:${region}:${config.account}:log-group:/koeba/*`,
              ),
            ),
            allow(
              'State',
              [
                'cloudwatch:DescribeAlarms',
                'cloudwatch:GetMetricData',
                'cloudwatch:ListMetrics',
                'backup:ListBackupJobs',
                'backup:ListCopyJobs',
                'backup:ListRestoreJobs',
                'guardduty:ListDetectors',
              ],
              ['*'],
            ),
            allow(
              'Table',
              ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'],
              everywhere.map(
                (region) => `arn:aws:dynamodb:${region}:${config.account}:table/${TABLE}`,
              ),
            ),
            allow(
              'Archives',
              ['s3:GetObject', 's3:ListBucket'],
              [HOLDINGS.accessLogs, HOLDINGS.archive, HOLDINGS.releases].flatMap(({ holds }) => {
                const bucket = `arn:aws:s3:::${bucketName(config, holds, PRIMARY)}`;
                return [bucket, `${bucket}/*`];
              }),
            ),
            new iam.PolicyStatement({
              sid: 'FromNowhereElse',
              effect: iam.Effect.DENY,
              actions: ['*'],
              resources: ['*'],
              conditions: {
                NotIpAddress: from,
                // A service that does something for them has an address of its own.
                Bool: { 'aws:ViaAWSService': 'false' },
              },
            }),
            new iam.PolicyStatement({
              sid: 'NoKeysOfPeople',
              effect: iam.Effect.DENY,
              actions: ['dynamodb:*'],
              resources: [`arn:aws:dynamodb:*:${config.account}:table/${KEYS_TABLE}*`],
            }),
          ],
        }),
      },
    });
  }
}
