/** The firewall in front of everything that a browser asks for. */

import { aws_wafv2 as waf } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { PRIMARY, bucketName } from './names.ts';
import { HOLDINGS } from './buckets.ts';

/**
 * Rules that look for markup and addresses in bodies. What people write is data: it is kept as it
 * was written and escaped where it is shown, so a message with a tag in it is no attack. Sizes are
 * the functions' to limit.
 */
const ABOUT_TEXT = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'GenericRFI_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
];

/** Our own media nodes tell the API who is in which room without saying what program they are. */
const ABOUT_PROGRAMS = ['NoUserAgent_HEADER'];

/** How often one address may ask in five minutes; an office of a hundred shares one. */
const REQUESTS = 20_000;
/** How often it may ask for what is dear: signing in, signing up, a new password. */
const DEAR_REQUESTS = 500;
const DEAR = ['/api/sessions', '/api/sign-ups', '/api/password-resets'];

/** The web ACL. */
export class Firewall extends Construct {
  readonly acl: waf.CfnWebACL;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.acl = new waf.CfnWebACL(this, 'Acl', {
      name: 'koeba',
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: seen('koeba'),
      rules: [...this.allowedNetworks(config), ...managed(), ...rates()].map((rule, priority) => ({
        ...rule,
        priority,
      })),
    });
    new waf.CfnLoggingConfiguration(this, 'Log', {
      resourceArn: this.acl.attrArn,
      logDestinationConfigs: [
        `arn:aws:s3:::${bucketName(config, HOLDINGS.firewallLogs.holds, PRIMARY)}`,
      ],
      redactedFields: [
        { singleHeader: { Name: 'cookie' } },
        { singleHeader: { Name: 'x-csrf-token' } },
        { queryString: {} },
      ],
    });
  }

  /** If there is a list, who is not on it gets no further. */
  private allowedNetworks(config: Config): Rule[] {
    if (config.allowedNetworks.length === 0) return [];
    const networks = new waf.CfnIPSet(this, 'AllowedNetworks', {
      scope: 'CLOUDFRONT',
      ipAddressVersion: 'IPV4',
      addresses: [...config.allowedNetworks],
    });
    return [
      {
        name: 'other-networks',
        action: { block: {} },
        statement: {
          notStatement: { statement: { ipSetReferenceStatement: { arn: networks.attrArn } } },
        },
        visibilityConfig: seen('other-networks'),
      },
    ];
  }
}

type Rule = Omit<waf.CfnWebACL.RuleProperty, 'priority'>;

function managed(): Rule[] {
  const group = (name: string, counted: string[] = []): Rule => ({
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: seen(name),
  });
  return [
    group('AWSManagedRulesAmazonIpReputationList'),
    group('AWSManagedRulesCommonRuleSet', [...ABOUT_TEXT, ...ABOUT_PROGRAMS]),
    group('AWSManagedRulesKnownBadInputsRuleSet'),
  ];
}

function rates(): Rule[] {
  const beginsWith = (searchString: string): waf.CfnWebACL.StatementProperty => ({
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString,
      textTransformations: [{ priority: 0, type: 'NORMALIZE_PATH' }],
    },
  });
  const limit = (
    name: string,
    most: number,
    scopeDownStatement?: waf.CfnWebACL.StatementProperty,
  ): Rule => ({
    name,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: {
        limit: most,
        aggregateKeyType: 'IP',
        evaluationWindowSec: 300,
        ...(scopeDownStatement ? { scopeDownStatement } : {}),
      },
    },
    visibilityConfig: seen(name),
  });
  return [
    limit('dear-requests', DEAR_REQUESTS, { orStatement: { statements: DEAR.map(beginsWith) } }),
    limit('requests', REQUESTS),
  ];
}

function seen(metricName: string): waf.CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
