/**
 * What cdk-nag finds and we leave as it is, each with the reason. A test fails when one of these is
 * no longer needed, and when there is a finding that none of them covers.
 */

import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { Construct } from 'constructs';
import type { Config } from './config.ts';

export interface Acknowledgement {
  readonly rule: string;
  /** Paths below the stack's name without `Koeba-` and the stage, such as `App/Api`. */
  readonly at: readonly string[];
  readonly reason: string;
  /** Of a rule that tells single findings apart: which. `{account}` stands for the account. */
  readonly findings?: readonly string[];
  /** The one stage in which it is found; in both, unless said. */
  readonly stage?: 'dev';
}

const FUNCTIONS = ['accounts', 'workspaces', 'rooms', 'live', 'events'].map(
  (name) => `App/Functions/${name}`,
);
const DEPLOYER = 'App/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB';
/** The CDK's own helper for calls that CloudFormation has no resource for. */
const CALLER = ['App', 'Second'].map((stack) => `${stack}/AWS679f53fac002430cb0da5b7982bd2287`);
const SERVICE_LOGS = ['storageLogs', 'accessLogs', 'firewallLogs'];

export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    rule: 'AwsSolutions-APIG4',
    at: ['App/Api', 'App/Live'],
    reason:
      'Sessions are opaque cookies that each function looks up before anything else; tests/isolation calls every route without one.',
  },
  {
    rule: 'AwsSolutions-CFR1',
    at: ['Front/Front/Distribution'],
    reason: 'People travel; a team limits networks with allowedNetworks or in its workspace.',
  },
  {
    rule: 'AwsSolutions-CFR3',
    at: ['Front/Front/Distribution'],
    reason: 'Logged by the newer log delivery (Front/LogDelivery), which the rule does not know.',
  },
  {
    rule: 'AwsSolutions-EC23',
    at: ['App/Media/Network/Entrance'],
    reason:
      'Browsers come from anywhere to exactly three ports: TLS 1.3 on 443, and DTLS 1.3 on one UDP port and one TCP port.',
  },
  {
    rule: 'AwsSolutions-ECS2',
    at: ['App/Media/Task'],
    reason: 'The settings name addresses and ports; the one secret comes from Secrets Manager.',
  },
  {
    rule: 'AwsSolutions-IAM4',
    at: ['Data/Backups/Role'],
    reason: 'AWS Backup demands its own managed policies and changes them with its service.',
    findings: [
      'Policy::arn:<AWS::Partition>:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup',
      'Policy::arn:<AWS::Partition>:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore',
      'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup',
      'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores',
    ],
  },
  {
    rule: 'AwsSolutions-IAM4',
    at: FUNCTIONS.map((path) => `${path}/Deployment/ServiceRole`),
    reason: 'The limited policy that AWS gives CodeDeploy for Lambda.',
    findings: [
      'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited',
    ],
  },
  {
    rule: 'AwsSolutions-IAM4',
    at: [DEPLOYER, ...CALLER].map((path) => `${path}/ServiceRole`),
    reason:
      'Runs during a deployment only, to copy the web client or to turn Inspector on; it may write its own log.',
    findings: [
      'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    ],
  },
  {
    rule: 'AwsSolutions-IAM4',
    at: ['App/Guarding/RecorderRole', 'Second/Guarding/RecorderRole'],
    reason: 'AWS Config reads every kind of resource; AWS keeps the list of what that takes.',
    findings: ['Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWS_ConfigRole'],
  },
  {
    rule: 'AwsSolutions-IAM4',
    at: ['App/Live/Logging'],
    reason: 'What API Gateway demands, by name, of the role that writes its logs.',
    findings: [
      'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
    ],
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: ['Data/Buckets'],
    reason: 'Replication copies every object of one named bucket to one other.',
    findings: [
      'Action::kms:GenerateDataKey*',
      'Action::kms:ReEncrypt*',
      'Resource::<BucketsaccessLogsBucket124B4EC2.Arn>/*',
      'Resource::<BucketsarchiveBucket454FEA10.Arn>/*',
      'Resource::<BucketsfilesBucket3CF8E4C7.Arn>/*',
      'Resource::<BucketsfirewallLogsBucket702EE063.Arn>/*',
      'Resource::<BucketsreleasesBucketD14D9E13.Arn>/*',
      'Resource::<BucketsstorageLogsBucket5EA732FA.Arn>/*',
      'Resource::arn:aws:s3:::aws-waf-logs-koeba-{account}-ap-northeast-3/*',
      'Resource::arn:aws:s3:::koeba-access-logs-{account}-ap-northeast-3/*',
      'Resource::arn:aws:s3:::koeba-archive-{account}-ap-northeast-3/*',
      'Resource::arn:aws:s3:::koeba-files-{account}-ap-northeast-3/*',
      'Resource::arn:aws:s3:::koeba-releases-{account}-ap-northeast-3/*',
      'Resource::arn:aws:s3:::koeba-storage-logs-{account}-ap-northeast-3/*',
    ],
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: [...FUNCTIONS.map((path) => `${path}/Role`), 'Data/Tenancy/Role'],
    reason:
      'The star is the region: a table or identity of one name in Tokyo and Osaka. Which items is decided by dynamodb:LeadingKeys (infra/policies).',
    findings: [
      'Action::kms:GenerateDataKey*',
      'Action::kms:ReEncrypt*',
      'Resource::arn:aws:dynamodb:*:{account}:table/koeba',
      'Resource::arn:aws:dynamodb:*:{account}:table/koeba-keys',
      'Resource::arn:aws:dynamodb:*:{account}:table/koeba/index/by_user',
      'Resource::arn:aws:execute-api:*:{account}:<LiveApi>/live/DELETE/@connections/*',
      'Resource::arn:aws:execute-api:*:{account}:<LiveApi>/live/POST/@connections/*',
      'Resource::arn:aws:s3:::koeba-archive-{account}-ap-northeast-1/ledger/*.json',
      'Resource::arn:aws:s3:::koeba-archive-{account}-ap-northeast-1/workspaces/ws_*/audit/anchors/*.json',
      'Resource::arn:aws:ses:*:{account}:configuration-set/koeba',
      'Resource::arn:aws:ses:*:{account}:identity/*',
    ],
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: [`${DEPLOYER}/ServiceRole`],
    reason: 'Copies every file of the web client from one named bucket to one other.',
    findings: [
      'Action::s3:Abort*',
      'Action::s3:DeleteObject*',
      'Action::s3:GetBucket*',
      'Action::s3:GetObject*',
      'Action::s3:List*',
      'Resource::<WebBucketE51352C0.Arn>/*',
      'Resource::arn:aws:s3:::cdk-hnb659fds-assets-{account}-ap-northeast-1/*',
    ],
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: [
      'App/Media/Task/ExecutionRole',
      'App/Inspecting/Enabled/CustomResourcePolicy',
      'Second/Inspecting/Enabled/CustomResourcePolicy',
    ],
    reason: 'ecr:GetAuthorizationToken and inspector2:Enable take no resource.',
    findings: ['Resource::*'],
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: ['App/Scanning/Role', 'App/Guarding/RecorderRole', 'Second/Guarding/RecorderRole'],
    reason:
      'Every object below one prefix of one named bucket, as AWS documents it for its service.',
    findings: [
      'Resource::arn:aws:events:ap-northeast-1:{account}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*',
      'Resource::arn:aws:s3:::koeba-files-{account}-ap-northeast-1/*',
      'Resource::arn:aws:s3:::koeba-storage-logs-{account}-ap-northeast-1/config/AWSLogs/{account}/*',
      'Resource::arn:aws:s3:::koeba-storage-logs-{account}-ap-northeast-3/config/AWSLogs/{account}/*',
    ],
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: ['Data/Operators/Role'],
    reason:
      'Operators read logs, alarms and archives of Koeba as a whole; the star over everything denies all that comes from other networks.',
    findings: [
      'Resource::*',
      'Resource::arn:aws:logs:ap-northeast-1:{account}:log-group:/koeba/*',
      'Resource::arn:aws:logs:ap-northeast-3:{account}:log-group:/koeba/*',
      'Resource::arn:aws:s3:::koeba-access-logs-{account}-ap-northeast-1/*',
      'Resource::arn:aws:s3:::koeba-archive-{account}-ap-northeast-1/*',
      'Resource::arn:aws:s3:::koeba-releases-{account}-ap-northeast-1/*',
    ],
  },
  {
    rule: 'AwsSolutions-L1',
    at: [DEPLOYER],
    reason: 'The CDK chooses the runtime of its own helper, which runs during a deployment only.',
  },
  {
    rule: 'AwsSolutions-S1',
    at: ['App/Web'],
    reason: 'Public files that only CloudFront reads, which logs every request.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    at: ['Data/Secrets'],
    reason:
      'What these keys seal and sign must stay readable; changing one is a release (docs/deploy.md), not a calendar.',
  },
  {
    rule: 'NIST.800.53.R5-SecretsManagerRotationEnabled',
    at: ['Data/Secrets'],
    reason: 'As AwsSolutions-SMG4.',
  },
  {
    rule: 'NIST.800.53.R5-ELBDeletionProtectionEnabled',
    at: ['App/Media/Balancer'],
    stage: 'dev',
    reason: 'What is for trying out can be removed at once; in prod it is protected.',
  },
  {
    rule: 'NIST.800.53.R5-ELBv2ACMCertificateRequired',
    at: ['App/Media/Balancer/Udp', 'App/Media/Balancer/Tcp'],
    reason: 'They carry DTLS 1.3 between browser and node, each with its own certificate.',
  },
  {
    rule: 'NIST.800.53.R5-IAMNoInlinePolicy',
    at: ['App', 'Data', 'Second'],
    reason:
      'A policy that belongs to one role stands in that role, so that it goes with it and nobody can attach it elsewhere.',
  },
  {
    rule: 'NIST.800.53.R5-LambdaConcurrency',
    at: [
      ...FUNCTIONS.slice(1).map((path) => `${path}/Function`),
      'Second/Watcher/Function',
      DEPLOYER,
      ...CALLER,
    ],
    reason:
      'The dear function, accounts, is held to its share, so the others have the rest of the account for themselves.',
  },
  {
    rule: 'NIST.800.53.R5-LambdaDLQ',
    at: [DEPLOYER, ...CALLER],
    reason: 'CloudFormation calls it and waits for its answer; what fails fails the deployment.',
  },
  {
    rule: 'NIST.800.53.R5-LambdaDLQ',
    at: ['Second/Watcher/Function'],
    reason: 'A question that failed is what its alarm speaks of; there is nothing to keep.',
  },
  {
    rule: 'NIST.800.53.R5-LambdaInsideVPC',
    at: [...FUNCTIONS, 'Second/Watcher/Function', DEPLOYER, ...CALLER],
    reason:
      'The functions reach AWS services, or Koeba itself as anybody does, each by its own role; a network of ours would add nothing to that but an exit.',
  },
  {
    rule: 'NIST.800.53.R5-S3BucketLoggingEnabled',
    at: ['App/Web'],
    reason: 'As AwsSolutions-S1.',
  },
  {
    rule: 'NIST.800.53.R5-S3BucketReplicationEnabled',
    at: ['Second/Buckets', 'App/Web'],
    reason: 'The buckets of Osaka are the copies; the web client is made anew from any release.',
  },
  {
    rule: 'NIST.800.53.R5-S3DefaultEncryptionKMS',
    at: [
      ...SERVICE_LOGS.flatMap((name) => [`Data/Buckets/${name}`, `Second/Buckets/${name}`]),
      'App/Web',
    ],
    reason:
      'S3 and the load balancer deliver logs to no bucket with a key of ours; the web client is public. Both are encrypted with S3’s own key.',
  },
  {
    rule: 'NIST.800.53.R5-VPCDefaultSecurityGroupClosed',
    at: ['App/Media/Network/Vpc'],
    reason: 'Nothing is in the default group, and it lets in its own members only.',
  },
  {
    rule: 'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW',
    at: ['App/Media/Network/Vpc'],
    reason:
      'Voice comes from the internet; the security groups open three ports of the load balancer.',
  },
];

/** Checks an app by both packs when it is synthesized. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
}

/** Where a construct is, without the app's and the stage's part of the name. */
export const place = (path: string) => path.replace(/^Koeba-([A-Za-z]+)-(?:dev|prod)/, '$1');

/** Whether an acknowledgement is about a place. */
export const covers = (one: Acknowledgement, path: string) =>
  one.at.some((at) => path === at || path.startsWith(`${at}/`));

/** A rule's full names, as cdk-nag reports them. */
export const ids = ({ rule, findings }: Acknowledgement, account: string): string[] =>
  findings?.map((one) => `${rule}[${one.replaceAll('{account}', account)}]`) ?? [rule];

/** Acknowledges everything above in a stage's stacks. */
export function acknowledge(app: App, config: Config): void {
  for (const one of ACKNOWLEDGEMENTS) {
    const { at, reason } = one;
    for (const path of at) {
      const [stack = '', ...rest] = path.split('/');
      let found: Construct | undefined = app;
      for (const id of [`Koeba-${stack}-${config.stage}`, ...rest]) {
        found = found?.node.tryFindChild(id) as Construct | undefined;
      }
      if (found === undefined) continue;
      for (const id of ids(one, config.account)) Validations.of(found).acknowledge({ id, reason });
    }
  }
}
