/** The keys: one for data, the same in both regions, and one in each region for what is operated with. */

import { Duration, Stack, aws_iam as iam, aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { isProd, keeping } from './stage-rules.ts';

/** What {@link DataKey} and its replica let AWS services do on behalf of this account's roles. */
export function servicesOnBehalf(account: string): iam.PolicyStatement[] {
  return [
    // Whoever may use a table or a bucket at all may use it through its service; the key alone
    // opens nothing. AWS writes this statement for DynamoDB itself.
    new iam.PolicyStatement({
      sid: 'ThroughServicesOfThisAccount',
      principals: [new iam.AnyPrincipal()],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncrypt*',
        'kms:GenerateDataKey*',
        'kms:DescribeKey',
        'kms:CreateGrant',
      ],
      resources: ['*'],
      conditions: {
        StringEquals: { 'kms:CallerAccount': account },
        StringLike: {
          'kms:ViaService': [
            'dynamodb.*.amazonaws.com',
            's3.*.amazonaws.com',
            'backup.*.amazonaws.com',
            'secretsmanager.*.amazonaws.com',
          ],
        },
      },
    }),
  ];
}

/** Encrypts tables, buckets, secrets and backups. Multi-region, so that Osaka reads what Tokyo wrote. */
export class DataKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      alias: 'koeba/data',
      description: 'Tables, buckets, secrets and backups of Koeba, in both regions',
      multiRegion: true,
      enableKeyRotation: true,
      pendingWindow: Duration.days(isProd(config) ? 30 : 7),
      removalPolicy: keeping(config),
    });
    for (const statement of servicesOnBehalf(config.account))
      this.key.addToResourcePolicy(statement);
  }
}

/** The same key in Osaka. */
export class DataKeyReplica extends Construct {
  readonly key: kms.IKey;

  constructor(scope: Construct, id: string, props: { config: Config; primaryKeyArn: string }) {
    super(scope, id);
    const { config, primaryKeyArn } = props;
    const replica = new kms.CfnReplicaKey(this, 'Key', {
      primaryKeyArn,
      description: 'Tables, buckets and backups of Koeba in the second region',
      pendingWindowInDays: isProd(config) ? 30 : 7,
      keyPolicy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            principals: [new iam.AccountRootPrincipal()],
            actions: ['kms:*'],
            resources: ['*'],
          }),
          ...servicesOnBehalf(config.account),
        ],
      }),
    });
    replica.applyRemovalPolicy(keeping(config));
    new kms.CfnAlias(this, 'Alias', { aliasName: 'alias/koeba/data', targetKeyId: replica.ref });
    this.key = kms.Key.fromKeyArn(this, 'Reference', replica.attrArn);
  }
}

/** Encrypts what a region's operation writes: logs, alarms, queues, settings of functions. */
export class OperationsKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const { region, account } = Stack.of(this);
    this.key = new kms.Key(this, 'Key', {
      alias: 'koeba/operations',
      description: 'Logs, alarms, queues and settings of Koeba in this region',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: keeping(config),
    });
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'Logs',
        principals: [new iam.ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:Describe*',
        ],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:*`,
          },
        },
      }),
    );
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsAndFindings',
        principals: [
          'cloudwatch',
          'events',
          'budgets',
          'scheduler',
          'backup',
          'codestar-notifications',
        ].map((service) => new iam.ServicePrincipal(`${service}.amazonaws.com`)),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  }
}
