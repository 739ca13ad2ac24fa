/** The tenant role: the only way to workspace data, for one workspace at a time. */

import { Duration, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { FUNCTIONS, TENANT_ROLE, functionName, roleArn } from './names.ts';
import { policy } from './policies.ts';

/** Assumed by the functions with the session tag `workspace`, which decides which keys they reach. */
export class Tenancy extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const functions = new iam.AccountRootPrincipal().withConditions({
      ArnEquals: {
        'aws:PrincipalArn': FUNCTIONS.map((name) => roleArn(config.account, functionName(name))),
      },
      StringLike: { 'aws:RequestTag/workspace': 'ws_?*' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['workspace'] },
      Null: { 'aws:TagKeys': 'false' },
    });
    this.role = new iam.Role(this, 'Role', {
      roleName: TENANT_ROLE,
      description: 'Reaches the data of the one workspace that the session is tagged with',
      // One role takes on another: AWS allows an hour at most.
      maxSessionDuration: Duration.hours(1),
      assumedBy: functions,
      inlinePolicies: { Workspace: policy('tenant-role', config) },
    });
    this.role.assumeRolePolicy?.addStatements(
      new iam.PolicyStatement({ principals: [functions], actions: ['sts:TagSession'] }),
    );
  }
}
