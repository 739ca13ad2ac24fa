/** Koeba as stacks: what holds data apart from what can be made anew, each in its region. */

import {
  type App,
  Fn,
  Stack,
  type StackProps,
  Tags,
  aws_kms as kms,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Operators } from './access.ts';
import { acknowledge } from './acknowledgements.ts';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import { Backups, Vault, watchBackups } from './backups.ts';
import { Buckets } from './buckets.ts';
import type { Config } from './config.ts';
import { FindingsToApp, FindingsToTokyo } from './findings.ts';
import { Front } from './front.ts';
import { Functions } from './functions.ts';
import { Guarding, Scanning, Trail } from './guarding.ts';
import { Inspecting } from './inspecting.ts';
import { DataKey, DataKeyReplica, OperationsKey } from './keys.ts';
import { Live, liveApi } from './live.ts';
import { Mail } from './mail.ts';
import { Media } from './media.ts';
import { FRONT, PRIMARY, SECOND } from './names.ts';
import { Releases } from './releases.ts';
import { Secrets } from './secrets.ts';
import { Tables } from './tables.ts';
import { Tenancy } from './tenancy.ts';
import { isProd } from './stage-rules.ts';
import { Watcher } from './watcher.ts';
import { Watching, watchVoice } from './watching.ts';
import { Web } from './web.ts';

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

  /** Whichever the account has, so that a synthesis asks AWS nothing. */
  override get availabilityZones(): string[] {
    return [0, 1].map((number) => Fn.select(number, Fn.getAzs()));
  }
}

/** All of Koeba. */
export class Koeba {
  readonly keys: Stack;
  readonly second: Stack;
  readonly data: Stack;
  readonly front: Stack;
  readonly app: Stack;
  /** In the order in which they are deployed. */
  readonly stacks: readonly Stack[];

  constructor(
    app: App,
    config: Config,
    options: { acknowledged: boolean } = { acknowledged: true },
  ) {
    const named = (name: string) => `Koeba-${name}-${config.stage}`;
    const stack = (name: string, region: string, description: string) =>
      new RegionStack(app, named(name), config, region, { description });

    const zone = (scope: Construct) =>
      (scope.node.tryFindChild('Zone') as route53.IHostedZone | undefined) ??
      route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
        hostedZoneId: config.hostedZone.id,
        zoneName: config.hostedZone.name,
      });

    this.keys = stack('Keys', PRIMARY, 'The key that data is encrypted with');
    const dataKey = new DataKey(this.keys, 'DataKey', config);

    this.second = stack('Second', SECOND, 'Copies and watch in the second region');
    const replica = new DataKeyReplica(this.second, 'DataKey', {
      config,
      primaryKeyArn: dataKey.key.keyArn,
    });
    const copies = new Buckets(this.second, 'Buckets', {
      config,
      region: SECOND,
      key: replica.key,
    });
    new Vault(this.second, 'Vault', { config, key: replica.key });
    const there = new OperationsKey(this.second, 'OperationsKey', config);
    const secondAlarms = new Alarms(this.second, 'Alarms', { config, key: there.key });
    new Guarding(this.second, 'Guarding', { config, alarms: secondAlarms }).node.addDependency(
      copies,
    );
    new Inspecting(this.second, 'Inspecting', { config, key: there.key, alarms: secondAlarms });
    new FindingsToTokyo(this.second, 'Findings', { config });
    new Watcher(this.second, 'Watcher', { config, key: there.key, alarms: secondAlarms });
    watchBackups(this.second, secondAlarms);

    this.data = stack('Data', PRIMARY, 'What people entrust to Koeba');
    this.data.addStackDependency(this.second);
    const secondKeyArn = `arn:aws:kms:${SECOND}:${config.account}:key/${dataKey.key.keyId}`;
    const secondKey = kms.Key.fromKeyArn(this.data, 'SecondKey', secondKeyArn);
    const tables = new Tables(this.data, 'Tables', { config, key: dataKey.key, secondKeyArn });
    new Buckets(this.data, 'Buckets', { config, region: PRIMARY, key: dataKey.key, secondKey });
    new Secrets(this.data, 'Secrets', { config, key: dataKey.key, secondKeyArn });
    new Tenancy(this.data, 'Tenancy', config);
    new Operators(this.data, 'Operators', config);
    new Releases(this.data, 'Releases', { config, key: dataKey.key });
    new Backups(this.data, 'Backups', { config, key: dataKey.key });

    this.front = stack(
      'Front',
      FRONT,
      'CloudFront, its firewall and the names: nothing of anybody',
    );
    this.front.addStackDependency(this.data);
    const { distribution } = new Front(this.front, 'Front', { config, zone: zone(this.front) });

    this.app = stack('App', PRIMARY, 'The functions, the API, and who hears of their trouble');
    this.app.addStackDependency(this.data);
    const { key } = new OperationsKey(this.app, 'OperationsKey', config);
    const alarms = new Alarms(this.app, 'Alarms', { config, key });
    const socket = liveApi(this.app);
    const functions = new Functions(this.app, 'Functions', {
      config,
      key,
      alarms,
      table: tables.table,
      liveApi: socket.ref,
    });
    const api = new Api(this.app, 'Api', { config, key, alarms, functions, zone: zone(this.app) });
    new Live(this.app, 'Live', {
      config,
      key,
      alarms,
      api: socket,
      function: functions.live,
      zone: zone(this.app),
    });
    new Web(this.app, 'Web', { config, key, distributionArn: distribution.distributionArn });
    new Mail(this.app, 'Mail', { config, alarms, zone: zone(this.app) });
    new Guarding(this.app, 'Guarding', { config, alarms });
    new Inspecting(this.app, 'Inspecting', { config, key, alarms });
    new FindingsToApp(this.app, 'Findings', { events: functions.events });
    new Scanning(this.app, 'Scanning', { config, key: dataKey.key });
    new Trail(this.app, 'Trail', { config, key });
    new Watching(this.app, 'Watching', { config, alarms, api, functions });
    watchBackups(this.app, alarms);
    if (config.media.image !== undefined) {
      const { requests } = api;
      const media = new Media(this.app, 'Media', {
        config,
        image: config.media.image,
        key,
        alarms,
        zone: zone(this.app),
        requests,
      });
      watchVoice(alarms, media);
    }
    this.stacks = [this.keys, this.second, this.data, this.front, this.app];
    if (options.acknowledged) acknowledge(app, config);
  }
}
