/** Backups: every day and on the first of every month, in a locked vault, and a copy of each in Osaka. */

import {
  Duration,
  TimeZone,
  aws_backup as backup,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { Config } from './config.ts';
import { SECOND } from './names.ts';
import { BACKUP_TAG, isProd, keeping } from './stage-rules.ts';

/** The vault's name, in both regions. */
export const VAULT = 'koeba';
/** The role that backs up and restores. */
export const BACKUP_ROLE = 'koeba-backup';

/** A vault that nobody takes anything out of before its time. */
export class Vault extends Construct {
  readonly vault: backup.BackupVault;

  constructor(scope: Construct, id: string, props: { config: Config; key: kms.IKey }) {
    super(scope, id);
    const { config } = props;
    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: VAULT,
      encryptionKey: props.key,
      blockRecoveryPointDeletion: true,
      removalPolicy: keeping(config),
      // After three days nobody can lift this lock any more, the account's owner included.
      ...(isProd(config)
        ? {
            lockConfiguration: {
              minRetention: Duration.days(35),
              maxRetention: Duration.days(3650),
              changeableFor: Duration.days(3),
            },
          }
        : {}),
    });
  }
}

/** The plan, what it applies to, and the weekly proof that a backup can be restored. */
export class Backups extends Construct {
  constructor(scope: Construct, id: string, props: { config: Config; key: kms.IKey }) {
    super(scope, id);
    const { config } = props;
    const { vault } = new Vault(this, 'Here', props);
    const second = backup.BackupVault.fromBackupVaultArn(
      this,
      'There',
      `arn:aws:backup:${SECOND}:${config.account}:backup-vault:${VAULT}`,
    );
    const role = new iam.Role(this, 'Role', {
      roleName: BACKUP_ROLE,
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: [
        'service-role/AWSBackupServiceRolePolicyForBackup',
        'service-role/AWSBackupServiceRolePolicyForRestores',
        'AWSBackupServiceRolePolicyForS3Backup',
        'AWSBackupServiceRolePolicyForS3Restore',
      ].map((name) => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    const plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: 'koeba',
      backupVault: vault,
    });
    const daily = { deleteAfter: Duration.days(35) };
    const monthly = {
      moveToColdStorageAfter: Duration.days(30),
      deleteAfter: Duration.days(config.retention.monthlyBackupDays),
    };
    const rule = (
      ruleName: string,
      cron: events.CronOptions,
      life: typeof daily | typeof monthly,
    ) =>
      plan.addRule(
        new backup.BackupPlanRule({
          ruleName,
          scheduleExpression: events.Schedule.cron(cron),
          scheduleExpressionTimezone: TimeZone.ASIA_TOKYO,
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(12),
          ...life,
          copyActions: [{ destinationBackupVault: second, ...life }],
        }),
      );
    rule('daily', { minute: '0', hour: '3' }, daily);
    rule('monthly', { minute: '0', hour: '0', day: '1' }, monthly);
    plan.addSelection('Everything', {
      role,
      resources: [backup.BackupResource.fromTag(BACKUP_TAG, 'yes')],
    });
    this.proveRestoring(role);
  }

  /** Every Sunday the newest backup of the table is restored, looked at, and thrown away. */
  private proveRestoring(role: iam.Role): void {
    const plan = new backup.CfnRestoreTestingPlan(this, 'RestoreTest', {
      restoreTestingPlanName: 'koeba',
      scheduleExpression: 'cron(0 5 ? * SUN *)',
      scheduleExpressionTimezone: 'Asia/Tokyo',
      startWindowHours: 1,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: ['*'],
        recoveryPointTypes: ['SNAPSHOT'],
        selectionWindowDays: 7,
      },
    });
    const selection = new backup.CfnRestoreTestingSelection(this, 'RestoreTestOfTables', {
      restoreTestingPlanName: plan.ref,
      restoreTestingSelectionName: 'koeba_tables',
      protectedResourceType: 'DynamoDB',
      protectedResourceArns: ['*'],
      iamRoleArn: role.roleArn,
      validationWindowHours: 4,
    });
    selection.addResourceDependency(plan);
  }
}

/** Tells people of every backup, copy and restore that did not succeed. */
export function watchBackups(scope: Construct, alarms: Alarms): void {
  new events.Rule(scope, 'BackupFailed', {
    ruleName: 'koeba-backup-failed',
    description: 'Backups, copies and trial restores that failed → infra/runbooks/backup-failed.md',
    eventPattern: {
      source: ['aws.backup'],
      detailType: ['Backup Job State Change', 'Copy Job State Change', 'Restore Job State Change'],
      detail: { $or: [{ state: FAILED }, { status: FAILED }] },
    },
    targets: [new targets.SnsTopic(alarms.topic)],
  });
}

const FAILED = ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'];
