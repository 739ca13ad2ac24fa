/** The web client's files, which only our own distribution may read. */

import {
  Duration,
  aws_iam as iam,
  type aws_kms as kms,
  aws_logs as logs,
  aws_s3 as s3,
  aws_s3_deployment as deployment,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { WEB } from './front.ts';
import { PRIMARY, bucketName } from './names.ts';
import { isProd, keeping } from './stage-rules.ts';

export interface WebProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly distributionArn: string;
}

/** The bucket, filled from the folder that the configuration names. */
export class Web extends Construct {
  constructor(scope: Construct, id: string, props: WebProps) {
    super(scope, id);
    const { config } = props;
    // Nothing of anybody is in it, and CloudFront must read it: S3's own key is enough.
    const bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: bucketName(config, WEB, PRIMARY),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      versioned: true,
      enforceSSL: true,
      removalPolicy: keeping(config),
      autoDeleteObjects: !isProd(config),
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(365) }],
    });
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OurDistribution',
        principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:SourceArn': props.distributionArn } },
      }),
    );
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: '/koeba/web-deployment',
      encryptionKey: props.key,
      retention: config.retention.logDays,
      removalPolicy: keeping(config),
    });
    // First the files that the page names, then the page: nobody gets a page whose files are to come.
    const files = this.put(
      'Files',
      bucket,
      log,
      config,
      ['index.html'],
      [
        deployment.CacheControl.setPublic(),
        deployment.CacheControl.maxAge(Duration.days(365)),
        deployment.CacheControl.immutable(),
      ],
    );
    const page = this.put(
      'Page',
      bucket,
      log,
      config,
      ['*', '!index.html'],
      [deployment.CacheControl.noCache()],
    );
    page.node.addDependency(files);
  }

  private put(
    id: string,
    destinationBucket: s3.Bucket,
    logGroup: logs.ILogGroup,
    config: Config,
    exclude: string[],
    cacheControl: deployment.CacheControl[],
  ): deployment.BucketDeployment {
    return new deployment.BucketDeployment(this, id, {
      sources: [deployment.Source.asset(config.web, { exclude })],
      destinationBucket,
      logGroup,
      cacheControl,
      // The files of the last release stay for whoever still has its page open.
      prune: false,
      memoryLimit: 512,
    });
  }
}
