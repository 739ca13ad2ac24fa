/** Buckets: encrypted, versioned, TLS 1.3 only, copied to Osaka, and locked where nothing may go. */

import { Duration, Tags, aws_iam as iam, type aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { FRONT, PRIMARY, SECOND, bucketName } from './names.ts';
import { BACKUP_TAG, isProd, keeping } from './stage-rules.ts';

/** The roles by which AWS Config records, one for each region, begin so. */
export const RECORDER_ROLE = 'koeba-config';

/** What kind of thing a bucket holds. */
export interface Holding {
  /** The beginning of its name. */
  readonly holds: string;
  /** Logs of AWS services, some of which write to no bucket that is encrypted with a key of ours. */
  readonly serviceLogs: boolean;
  /** Nobody removes or overwrites anything, ever. */
  readonly locked: boolean;
  /** Nothing expires; whoever wants to delete is refused. */
  readonly permanent: boolean;
  /** AWS Backup looks after it besides. */
  readonly backedUp: boolean;
}

/** Every bucket that has a copy in Osaka. */
export const HOLDINGS = {
  /** What people upload. */
  files: {
    holds: 'koeba-files',
    serviceLogs: false,
    locked: false,
    permanent: false,
    backedUp: true,
  },
  /** Anchors of audit logs. */
  archive: {
    holds: 'koeba-archive',
    serviceLogs: false,
    locked: true,
    permanent: true,
    backedUp: true,
  },
  /** Sources, packages, templates and the reasons of deployments. */
  releases: {
    holds: 'koeba-releases',
    serviceLogs: false,
    locked: true,
    permanent: true,
    backedUp: true,
  },
  /** Who asked CloudFront for what, and who did what to the account. */
  accessLogs: {
    holds: 'koeba-access-logs',
    serviceLogs: true,
    locked: true,
    permanent: true,
    backedUp: false,
  },
  /** What the firewall saw; its name has to begin so. */
  firewallLogs: {
    holds: 'aws-waf-logs-koeba',
    serviceLogs: true,
    locked: true,
    permanent: true,
    backedUp: false,
  },
  /** Who read which bucket, and what went through the load balancer: S3 writes to no locked bucket. */
  storageLogs: {
    holds: 'koeba-storage-logs',
    serviceLogs: true,
    locked: false,
    permanent: true,
    backedUp: false,
  },
} as const satisfies Record<string, Holding>;

export type HoldingName = keyof typeof HOLDINGS;

export interface KeptBucketProps {
  readonly config: Config;
  readonly holding: Holding;
  readonly region: string;
  readonly key: kms.IKey;
  /** The key of the copy in Osaka; without it there is no copy, as for the copies themselves. */
  readonly secondKey?: kms.IKey;
  /** Where it is logged who reads this bucket. */
  readonly logsTo?: s3.IBucket;
}

/** One bucket. */
export class KeptBucket extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: KeptBucketProps) {
    super(scope, id);
    const { config, holding, key } = props;
    const prod = isProd(config);
    const locked = holding.locked && prod;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: bucketName(config, holding.holds, props.region),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      enforceSSL: true,
      ...(holding.serviceLogs ? {} : { minimumTLSVersion: 1.3 }),
      removalPolicy: keeping(config),
      autoDeleteObjects: !prod,
      ...(holding.serviceLogs
        ? { encryption: s3.BucketEncryption.S3_MANAGED }
        : { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
      ...(locked
        ? {
            objectLockEnabled: true,
            objectLockDefaultRetention: s3.ObjectLockRetention.governance(Duration.days(3650)),
          }
        : {}),
      ...(props.logsTo
        ? { serverAccessLogsBucket: props.logsTo, serverAccessLogsPrefix: `s3/${holding.holds}/` }
        : {}),
      lifecycleRules: [lifecycle(holding)],
      ...(props.secondKey ? { replicationRules: [this.replication(props, props.secondKey)] } : {}),
    });
    if (locked && props.secondKey) this.copyLocks();
    if (holding.serviceLogs) this.demandTls13OfPeople();
    if (holding.permanent && prod) this.refuseDeletion();
    if (holding.backedUp) Tags.of(this.bucket).add(BACKUP_TAG, 'yes');
  }

  private replication(props: KeptBucketProps, secondKey: kms.IKey): s3.ReplicationRule {
    const name = bucketName(props.config, props.holding.holds, SECOND);
    return {
      destination: s3.Bucket.fromBucketAttributes(this, 'Copy', {
        bucketName: name,
        region: SECOND,
        ...(props.holding.serviceLogs ? {} : { encryptionKey: secondKey }),
      }),
      // Whoever deletes here does not delete there, but for what people delete of their own.
      deleteMarkerReplication: !props.holding.permanent,
      priority: 1,
      ...(isProd(props.config)
        ? {
            replicationTimeControl: s3.ReplicationTimeValue.FIFTEEN_MINUTES,
            metrics: s3.ReplicationTimeValue.FIFTEEN_MINUTES,
          }
        : {}),
      ...(props.holding.serviceLogs ? {} : { kmsKey: secondKey, sseKmsEncryptedObjects: true }),
    };
  }

  /** A copy of what is locked is locked as long, for which replication has to read the lock. */
  private copyLocks(): void {
    const role = this.bucket.node.findChild('ReplicationRole') as iam.Role;
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['s3:GetObjectRetention', 's3:GetObjectLegalHold'],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
  }

  /** AWS's own log writers choose their TLS version themselves; everybody else keeps to ours. */
  private demandTls13OfPeople(): void {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'Tls13Only',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:*'],
        resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
        conditions: {
          NumericLessThan: { 's3:TlsVersion': '1.3' },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
          // AWS Config writes as this role of ours, with a client of its own.
          ArnNotLike: {
            'aws:PrincipalArn': `arn:aws:iam::${this.bucket.env.account}:role/${RECORDER_ROLE}-*`,
          },
        },
      }),
    );
  }

  /** Nobody deletes, shortens or unlocks, whatever else they may do. */
  private refuseDeletion(): void {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'NothingIsEverDeleted',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: [
          's3:DeleteObject',
          's3:DeleteObjectVersion',
          's3:BypassGovernanceRetention',
          's3:PutLifecycleConfiguration',
          's3:PutBucketObjectLockConfiguration',
          's3:PutBucketVersioning',
          's3:PutReplicationConfiguration',
        ],
        resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
        conditions: {
          // CloudFormation itself, through the role that `cdk bootstrap` made, keeps the settings.
          ArnNotLike: {
            'aws:PrincipalArn': `arn:aws:iam::${this.bucket.env.account}:role/cdk-*-cfn-exec-role-*`,
          },
        },
      }),
    );
  }
}

/** What is permanent only gets cheaper; of the rest old versions go after a month. */
function lifecycle(holding: Holding): s3.LifecycleRule {
  const abortIncompleteMultipartUploadAfter = Duration.days(7);
  return holding.permanent
    ? {
        id: 'cheaper-with-age',
        abortIncompleteMultipartUploadAfter,
        transitions: [
          {
            storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
            transitionAfter: Duration.days(90),
          },
          { storageClass: s3.StorageClass.DEEP_ARCHIVE, transitionAfter: Duration.days(365) },
        ],
      }
    : {
        id: 'old-versions-go',
        abortIncompleteMultipartUploadAfter,
        noncurrentVersionExpiration: Duration.days(35),
      };
}

export interface BucketsProps {
  readonly config: Config;
  readonly region: string;
  readonly key: kms.IKey;
  readonly secondKey?: kms.IKey;
}

/** All of them, in one region. */
export class Buckets extends Construct {
  private readonly kept: ReadonlyMap<HoldingName, s3.Bucket>;

  constructor(scope: Construct, id: string, props: BucketsProps) {
    super(scope, id);
    const make = (name: HoldingName, logsTo?: s3.IBucket) =>
      new KeptBucket(this, name, {
        ...props,
        holding: HOLDINGS[name],
        ...(logsTo ? { logsTo } : {}),
      }).bucket;
    const storageLogs = make('storageLogs');
    const names = Object.keys(HOLDINGS) as HoldingName[];
    const others = names.filter((name) => name !== 'storageLogs');
    this.kept = new Map([
      ['storageLogs', storageLogs],
      ...others.map((name) => [name, make(name, storageLogs)] as const),
    ]);
    if (isProd(props.config)) this.gateDownloads();
    if (props.secondKey) this.takeLogs(props.config);
  }

  of(name: HoldingName): s3.Bucket {
    const bucket = this.kept.get(name);
    if (bucket === undefined) throw new Error(`every holding has a bucket, and ${name} has none`);
    return bucket;
  }

  get all(): s3.Bucket[] {
    return [...this.kept.values()];
  }

  /** AWS's own services write logs here, of this account only. */
  private takeLogs(config: Config): void {
    const take = (name: HoldingName, service: string, under: string, sources: string[]) => {
      const bucket = this.of(name);
      const allow = (action: string, resource: string, more: Record<string, unknown> = {}) =>
        bucket.addToResourcePolicy(
          new iam.PolicyStatement({
            principals: [new iam.ServicePrincipal(service)],
            actions: [action],
            resources: [resource],
            conditions: {
              StringEquals: { 'aws:SourceAccount': config.account, ...more },
              ArnLike: { 'aws:SourceArn': sources },
            },
          }),
        );
      allow('s3:PutObject', bucket.arnForObjects(under), {
        's3:x-amz-acl': 'bucket-owner-full-control',
      });
      allow('s3:GetBucketAcl', bucket.bucketArn);
    };
    const { account } = config;
    const delivery = 'delivery.logs.amazonaws.com';
    take('accessLogs', delivery, 'AWSLogs/*', [
      `arn:aws:logs:${FRONT}:${account}:delivery-source:*`,
    ]);
    take('firewallLogs', delivery, 'AWSLogs/*', [`arn:aws:logs:${FRONT}:${account}:*`]);
    take('storageLogs', delivery, 'AWSLogs/*', [`arn:aws:logs:${PRIMARY}:${account}:*`]);
    take('accessLogs', 'cloudtrail.amazonaws.com', 'trail/AWSLogs/*', [
      `arn:aws:cloudtrail:${PRIMARY}:${account}:trail/koeba`,
    ]);
  }

  /** Nobody reads an upload before the scan found nothing in it; the scanner itself has to. */
  private gateDownloads(): void {
    const files = this.of('files');
    files.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OnlyWhatWasScanned',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [files.arnForObjects('*')],
        conditions: {
          StringNotEquals: {
            's3:ExistingObjectTag/GuardDutyMalwareScanStatus': 'NO_THREATS_FOUND',
          },
          ArnNotLike: {
            'aws:PrincipalArn': ['koeba-malware-scan', 'koeba-backup'].map(
              (name) => `arn:aws:iam::${files.env.account}:role/${name}`,
            ),
          },
        },
      }),
    );
  }
}
