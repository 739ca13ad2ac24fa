/** Who watches over the account: GuardDuty, Security Hub, Config, Access Analyzer, and the trail. */

import {
  Stack,
  aws_accessanalyzer as analyzer,
  aws_cloudtrail as cloudtrail,
  aws_config as awsConfig,
  aws_events as events,
  aws_events_targets as targets,
  aws_guardduty as guardduty,
  aws_iam as iam,
  type aws_kms as kms,
  aws_logs as logs,
  aws_s3 as s3,
  aws_securityhub as securityhub,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import { HOLDINGS, RECORDER_ROLE } from './buckets.ts';
import type { Config } from './config.ts';
import { bucketName } from './names.ts';
import { keeping } from './stage-rules.ts';

export interface GuardingProps {
  readonly config: Config;
  readonly alarms: Alarms;
}

/** From this severity on people hear of a finding; GuardDuty calls it medium. */
const SEVERITY = 4;

/** What stands guard in each region. */
export class Guarding extends Construct {
  constructor(scope: Construct, id: string, props: GuardingProps) {
    super(scope, id);
    const { config, alarms } = props;
    const { region } = Stack.of(this);
    const on = (name: string, ...additional: string[]) => ({
      name,
      status: 'ENABLED',
      ...(additional.length > 0
        ? { additionalConfiguration: additional.map((one) => ({ name: one, status: 'ENABLED' })) }
        : {}),
    });
    new guardduty.CfnDetector(this, 'Detector', {
      enable: true,
      findingPublishingFrequency: 'FIFTEEN_MINUTES',
      features: [
        on('S3_DATA_EVENTS'),
        on('LAMBDA_NETWORK_LOGS'),
        on('RUNTIME_MONITORING', 'ECS_FARGATE_AGENT_MANAGEMENT'),
        on('EBS_MALWARE_PROTECTION'),
      ],
    });
    new events.Rule(this, 'Findings', {
      ruleName: 'koeba-findings',
      description: 'Findings of GuardDuty from medium on → infra/runbooks/finding.md',
      eventPattern: {
        source: ['aws.guardduty'],
        detailType: ['GuardDuty Finding'],
        // Those of Osaka come to Tokyo too, for the app; people have heard of them there.
        region: [region],
        detail: { severity: [{ numeric: ['>=', SEVERITY] }] },
      },
      targets: [new targets.SnsTopic(alarms.topic)],
    });
    new securityhub.CfnHub(this, 'Hub', { enableDefaultStandards: true });
    new analyzer.CfnAnalyzer(this, 'Analyzer', { analyzerName: 'koeba', type: 'ACCOUNT' });
    this.record(bucketName(config, HOLDINGS.storageLogs.holds, region));
  }

  /** What the account's resources were like, and when. */
  private record(bucket: string): void {
    const { account, region } = Stack.of(this);
    const role = new iam.Role(this, 'RecorderRole', {
      roleName: `${RECORDER_ROLE}-${region}`,
      assumedBy: new iam.ServicePrincipal('config.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWS_ConfigRole')],
      inlinePolicies: {
        Deliver: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['s3:PutObject'],
              resources: [`arn:aws:s3:::${bucket}/config/AWSLogs/${account}/*`],
            }),
            new iam.PolicyStatement({
              actions: ['s3:GetBucketAcl'],
              resources: [`arn:aws:s3:::${bucket}`],
            }),
          ],
        }),
      },
    });
    new awsConfig.CfnConfigurationRecorder(this, 'Recorder', {
      name: 'koeba',
      roleArn: role.roleArn,
      recordingGroup: {
        allSupported: true,
        // What is of no region is recorded once, in Tokyo.
        includeGlobalResourceTypes: region === 'ap-northeast-1',
      },
    });
    new awsConfig.CfnDeliveryChannel(this, 'Channel', {
      name: 'koeba',
      s3BucketName: bucket,
      s3KeyPrefix: 'config',
      configSnapshotDeliveryProperties: { deliveryFrequency: 'TwentyFour_Hours' },
    });
  }
}

/** Every upload is scanned before anybody may read it; the bucket's policy holds it back until then. */
export class Scanning extends Construct {
  constructor(scope: Construct, id: string, props: { config: Config; key: kms.IKey }) {
    super(scope, id);
    const { config, key } = props;
    const { account, region } = Stack.of(this);
    const name = bucketName(config, HOLDINGS.files.holds, region);
    const bucket = `arn:aws:s3:::${name}`;
    const may = (actions: string[], resources: string[], conditions = {}) =>
      new iam.PolicyStatement({ actions, resources, conditions });
    // https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html
    const role = new iam.Role(this, 'Role', {
      roleName: 'koeba-malware-scan',
      assumedBy: new iam.ServicePrincipal('malware-protection-plan.guardduty.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      inlinePolicies: {
        Scan: new iam.PolicyDocument({
          statements: [
            may(
              ['events:PutRule', 'events:DeleteRule', 'events:PutTargets', 'events:RemoveTargets'],
              [
                `arn:aws:events:${region}:${account}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*`,
              ],
              {
                StringLike: {
                  'events:ManagedBy': 'malware-protection-plan.guardduty.amazonaws.com',
                },
              },
            ),
            may(
              ['events:DescribeRule', 'events:ListTargetsByRule'],
              [
                `arn:aws:events:${region}:${account}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*`,
              ],
            ),
            may(
              [
                's3:GetObject',
                's3:GetObjectVersion',
                's3:GetObjectTagging',
                's3:GetObjectVersionTagging',
                's3:PutObjectTagging',
                's3:PutObjectVersionTagging',
              ],
              [`${bucket}/*`],
            ),
            may(
              ['s3:PutBucketNotification', 's3:GetBucketNotification', 's3:ListBucket'],
              [bucket],
            ),
            may(['s3:PutObject'], [`${bucket}/malware-protection-resource-validation-object`]),
            may(['kms:GenerateDataKey', 'kms:Decrypt'], [key.keyArn], {
              StringLike: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
            }),
          ],
        }),
      },
    });
    new guardduty.CfnMalwareProtectionPlan(this, 'Plan', {
      role: role.roleArn,
      protectedResource: { s3Bucket: { bucketName: name } },
      actions: { tagging: { status: 'ENABLED' } },
    });
  }
}

/** Who did what to the account, in every region, kept for ever. */
export class Trail extends Construct {
  constructor(scope: Construct, id: string, props: { config: Config; key: kms.Key }) {
    super(scope, id);
    const { config, key } = props;
    const { account, region } = Stack.of(this);
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'Trail',
        principals: [new iam.ServicePrincipal('cloudtrail.amazonaws.com')],
        actions: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'aws:SourceArn': `arn:aws:cloudtrail:${region}:${account}:trail/koeba` },
        },
      }),
    );
    const named = (holds: string) =>
      s3.Bucket.fromBucketName(this, holds, bucketName(config, holds, region));
    const trail = new cloudtrail.Trail(this, 'Trail', {
      trailName: 'koeba',
      bucket: named(HOLDINGS.accessLogs.holds),
      s3KeyPrefix: 'trail',
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableFileValidation: true,
      encryptionKey: key,
      sendToCloudWatchLogs: true,
      cloudWatchLogGroup: new logs.LogGroup(this, 'Log', {
        logGroupName: '/koeba/trail',
        encryptionKey: key,
        retention: config.retention.logDays,
        removalPolicy: keeping(config),
      }),
    });
    const holdings = [HOLDINGS.files, HOLDINGS.archive, HOLDINGS.releases];
    trail.addS3EventSelector(holdings.map(({ holds }) => ({ bucket: named(holds) })));
  }
}
