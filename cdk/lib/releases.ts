/** The media node's image, in both regions: a tag means one image for ever, and old ones stay for rolling back. */

import { type aws_kms as kms, aws_ecr as ecr } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { SECOND } from './names.ts';
import { isProd, keeping } from './stage-rules.ts';

/** The repository's name. */
export const NODE_IMAGE = 'koeba-node';
/** How many images are kept; going back to any of the last ten must be possible. */
const KEPT = 20;

/** The repository of images. */
export class Releases extends Construct {
  readonly repository: ecr.Repository;

  constructor(scope: Construct, id: string, props: { config: Config; key: kms.IKey }) {
    super(scope, id);
    const { config } = props;
    this.repository = new ecr.Repository(this, 'Images', {
      repositoryName: NODE_IMAGE,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.KMS,
      encryptionKey: props.key,
      removalPolicy: keeping(config),
      emptyOnDelete: !isProd(config),
      lifecycleRules: [{ description: 'The last releases', maxImageCount: KEPT }],
    });
    new ecr.CfnReplicationConfiguration(this, 'Copies', {
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region: SECOND, registryId: config.account }],
            repositoryFilters: [{ filter: NODE_IMAGE, filterType: 'PREFIX_MATCH' }],
          },
        ],
      },
    });
  }
}
