/** Koeba as stacks: what holds data apart from what can be made anew, each in its region. */

import {
  type App,
  Stack,
  type StackProps,
  Tags,
  aws_kms as kms,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import { Buckets } from './buckets.ts';
import type { Config } from './config.ts';
import { Functions } from './functions.ts';
import { DataKey, DataKeyReplica, OperationsKey } from './keys.ts';
import { FRONT, PRIMARY, SECOND } from './names.ts';
import { Secrets } from './secrets.ts';
import { Tables } from './tables.ts';
import { Tenancy } from './tenancy.ts';
import { isProd } from './stage-rules.ts';

/** A stack in one of the regions, with the zones that are there and the tags of Koeba. */
class RegionStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    config: Config,
    region: string,
    props: StackProps = {},
  ) {
    super(scope, id, {
      ...props,
      stackName: id,
      env: { account: config.account, region },
      crossRegionReferences: true,
      terminationProtection: isProd(config),
    });
    Tags.of(this).add('koeba:stage', config.stage);
  }

  /** Known, so that a synthesis asks AWS nothing. */
  override get availabilityZones(): string[] {
    return this.region === FRONT ? [] : ['a', 'c'].map((zone) => `${this.region}${zone}`);
  }
}

/** All of Koeba. */
export class Koeba {
  readonly keys: Stack;
  readonly second: Stack;
  readonly data: Stack;
  readonly app: Stack;
  /** In the order in which they are deployed. */
  readonly stacks: readonly Stack[];

  constructor(app: App, config: Config) {
    const named = (name: string) => `Koeba-${name}-${config.stage}`;
    const stack = (name: string, region: string, description: string) =>
      new RegionStack(app, named(name), config, region, { description });

    this.keys = stack('Keys', PRIMARY, 'The key that data is encrypted with');
    const dataKey = new DataKey(this.keys, 'DataKey', config);

    this.second = stack('Second', SECOND, 'Copies and watch in the second region');
    const replica = new DataKeyReplica(this.second, 'DataKey', {
      config,
      primaryKeyArn: dataKey.key.keyArn,
    });
    new Buckets(this.second, 'Buckets', { config, region: SECOND, key: replica.key });

    this.data = stack('Data', PRIMARY, 'What people entrust to Koeba');
    this.data.addStackDependency(this.second);
    const secondKeyArn = `arn:aws:kms:${SECOND}:${config.account}:key/${dataKey.key.keyId}`;
    const secondKey = kms.Key.fromKeyArn(this.data, 'SecondKey', secondKeyArn);
    const tables = new Tables(this.data, 'Tables', { config, key: dataKey.key, secondKeyArn });
    new Buckets(this.data, 'Buckets', { config, region: PRIMARY, key: dataKey.key, secondKey });
    new Secrets(this.data, 'Secrets', { config, key: dataKey.key, secondKeyArn });
    new Tenancy(this.data, 'Tenancy', config);

    this.app = stack('App', PRIMARY, 'The functions, the API, and who hears of their trouble');
    this.app.addStackDependency(this.data);
    const zone = route53.HostedZone.fromHostedZoneAttributes(this.app, 'Zone', {
      hostedZoneId: config.hostedZone.id,
      zoneName: config.hostedZone.name,
    });
    const { key } = new OperationsKey(this.app, 'OperationsKey', config);
    const alarms = new Alarms(this.app, 'Alarms', { config, key });
    const functions = new Functions(this.app, 'Functions', {
      config,
      key,
      alarms,
      table: tables.table,
    });
    new Api(this.app, 'Api', { config, key, alarms, functions, zone });
    this.stacks = [this.keys, this.second, this.data, this.app];
  }
}
