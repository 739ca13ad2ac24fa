import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DeviceView } from '../../api/views';
import { locale, text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { formatMoment, formatSince } from '../../i18n/format';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { Panel } from '../../ui/Panel';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { readDevices, signOutDevice, signOutOthers } from './devices';

/** Where this account is signed in, and the way to end that. */
export function DeviceList() {
  const t = accountText.value;
  const found = useSignal<readonly DeviceView[] | undefined>(undefined);
  const task = useTask();
  const load = async () => {
    found.value = await readDevices();
  };
  useEffect(() => void task.run(load), []);
  const end = (work: () => Promise<void>, said: string) =>
    void task.run(async () => {
      await work();
      toast(said);
      await load();
    });
  const devices = found.value;
  return (
    <Panel title={t.devicesTitle} lead={t.devicesLead}>
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void task.run(load)}>
          {text.value.retry}
        </Button>
      </ProblemNotice>
      {!devices && !task.problem.value && <Skeleton label={text.value.loading} />}
      {devices && (
        <ul class="rows" aria-label={t.devicesTitle}>
          {devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              onSignOut={() =>
                end(() => signOutDevice(device.id), t.deviceSignedOut(device.device))
              }
            />
          ))}
        </ul>
      )}
      {devices && devices.length === 1 && <p class="quiet">{t.devicesAlone}</p>}
      {devices && devices.length > 1 && (
        <div class="form-actions">
          <Button busy={task.busy.value} onClick={() => end(signOutOthers, t.devicesOthersDone)}>
            {t.devicesOthers}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function DeviceRow({ device, onSignOut }: { device: DeviceView; onSignOut: () => void }) {
  const t = accountText.value;
  const language = locale.value;
  const facts = [
    t.deviceUsed(formatSince(language, device.last_used_at, new Date())),
    t.deviceSince(formatMoment(language, device.created_at)),
    device.network && t.deviceFrom(device.network),
  ];
  return (
    <li>
      <Icon name="phone" />
      <div class="row-words">
        <p class="row-name">
          {device.device} {device.current && <span class="tag">{t.deviceThis}</span>}
        </p>
        <p class="quiet">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      {!device.current && (
        <Button
          small
          kind="quiet"
          aria-label={t.deviceSignOutNamed(device.device)}
          onClick={onSignOut}
        >
          {t.deviceSignOut}
        </Button>
      )}
    </li>
  );
}
