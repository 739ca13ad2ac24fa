/** The two tables, in Tokyo and Osaka, as `infra/emulator` makes them on a laptop. */

import { Tags, aws_dynamodb as dynamodb, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { tableOnlyFor } from './access.ts';
import { BY_USER, KEYS_TABLE, SECOND, TABLE } from './names.ts';
import { BACKUP_TAG, isProd, keeping } from './stage-rules.ts';

export interface TablesProps {
  readonly config: Config;
  readonly key: kms.IKey;
  /** The ARN of the same key in Osaka. */
  readonly secondKeyArn: string;
}

/** The table of everything, and the table of the keys under which names are sealed. */
export class Tables extends Construct {
  readonly table: dynamodb.TableV2;
  readonly keys: dynamodb.TableV2;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const { config } = props;
    const text = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });
    const shared = {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billing: dynamodb.Billing.onDemand(),
      encryption: dynamodb.TableEncryptionV2.customerManagedKey(props.key, {
        [SECOND]: props.secondKeyArn,
      }),
      deletionProtection: isProd(config),
      removalPolicy: keeping(config),
    };
    const recovery = { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 };
    this.table = new dynamodb.TableV2(this, 'Table', {
      ...shared,
      tableName: TABLE,
      globalSecondaryIndexes: [
        { indexName: BY_USER, partitionKey: text('user_pk'), sortKey: text('user_sk') },
      ],
      dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: recovery,
      resourcePolicy: tableOnlyFor(config, TABLE),
      replicas: [
        {
          region: SECOND,
          deletionProtection: isProd(config),
          pointInTimeRecoverySpecification: recovery,
          resourcePolicy: tableOnlyFor(config, TABLE),
        },
      ],
    });
    Tags.of(this.table).add(BACKUP_TAG, 'yes');
    // No recovery to a point in time, no backup: a key that was destroyed must not be found
    // anywhere (ADR 0019). The replica in Osaka is what a lost region is survived with; the stream
    // that it needs forgets within a day, and no role may read it.
    this.keys = new dynamodb.TableV2(this, 'Keys', {
      ...shared,
      tableName: KEYS_TABLE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      resourcePolicy: tableOnlyFor(config, KEYS_TABLE),
      replicas: [
        {
          region: SECOND,
          deletionProtection: isProd(config),
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
          resourcePolicy: tableOnlyFor(config, KEYS_TABLE),
        },
      ],
    });
  }
}
