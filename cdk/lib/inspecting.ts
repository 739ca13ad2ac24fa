/**
 * Amazon Inspector: compares what is deployed with the vulnerabilities known today, day by day,
 * whether anything is built anew or not.
 */

import {
  Stack,
  aws_ecr as ecr,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  type aws_kms as kms,
  aws_logs as logs,
  custom_resources as custom,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { Config } from './config.ts';
import { keeping } from './stage-rules.ts';

/** What Inspector looks at: images of the registry, and functions with their layers. */
const LOOKED_AT = ['ECR', 'LAMBDA'];

export interface InspectingProps {
  readonly config: Config;
  readonly key: kms.IKey;
  readonly alarms: Alarms;
}

/**
 * Inspector in one region. CloudFormation has no resource that turns it on, so a call does; nothing
 * turns it off again when the stack is deleted, because somebody else may have turned it on before
 * or rely on it by now.
 */
export class Inspecting extends Construct {
  constructor(scope: Construct, id: string, props: InspectingProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    // https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html
    const enable: custom.AwsSdkCall = {
      service: 'inspector2',
      action: 'enable',
      parameters: { resourceTypes: LOOKED_AT },
      physicalResourceId: custom.PhysicalResourceId.of(`inspector-${LOOKED_AT.join('-')}`),
      outputPaths: ['accounts.0.status'],
    };
    const enabled = new custom.AwsCustomResource(this, 'Enabled', {
      resourceType: 'Custom::Inspector',
      onCreate: enable,
      onUpdate: enable,
      installLatestAwsSdk: false,
      logGroup: new logs.LogGroup(this, 'Log', {
        logGroupName: '/koeba/inspecting',
        encryptionKey: props.key,
        retention: props.config.retention.logDays,
        removalPolicy: keeping(props.config),
      }),
      policy: custom.AwsCustomResourcePolicy.fromStatements([
        new iam.PolicyStatement({ actions: ['inspector2:Enable'], resources: ['*'] }),
        // https://docs.aws.amazon.com/inspector/latest/user/using-service-linked-roles.html
        new iam.PolicyStatement({
          actions: ['iam:CreateServiceLinkedRole'],
          resources: [
            `arn:aws:iam::${account}:role/aws-service-role/inspector2.amazonaws.com/AWSServiceRoleForAmazonInspector2`,
          ],
          conditions: { StringEquals: { 'iam:AWSServiceName': 'inspector2.amazonaws.com' } },
        }),
      ]),
    });
    const images = new ecr.CfnRegistryScanningConfiguration(this, 'Images', {
      scanType: 'ENHANCED',
      rules: [
        {
          scanFrequency: 'CONTINUOUS_SCAN',
          repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }],
        },
      ],
    });
    images.node.addDependency(enabled);
    // https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
    new events.Rule(this, 'Vulnerabilities', {
      ruleName: 'koeba-vulnerabilities',
      description: 'Findings of Inspector from medium on → infra/runbooks/vulnerability.md',
      eventPattern: {
        source: ['aws.inspector2'],
        detailType: ['Inspector2 Finding'],
        // Those of Osaka come to Tokyo too, for the app; people have heard of them there.
        region: [region],
        detail: { severity: ['MEDIUM', 'HIGH', 'CRITICAL'], status: ['ACTIVE'] },
      },
      targets: [new targets.SnsTopic(props.alarms.topic)],
    });
  }
}
