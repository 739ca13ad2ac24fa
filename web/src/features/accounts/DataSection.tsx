import { useSignal } from '@preact/signals';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { ProblemNotice } from '../../ui/Notice';
import { Panel } from '../../ui/Panel';
import { useTask } from '../../ui/useTask';
import { DeleteAccountDialog } from './DeleteAccountDialog';
import { saveOwnData } from './ownData';

/** Taking one's data along, and leaving for good. */
export function DataSection() {
  const t = accountText.value;
  const task = useTask();
  const deleting = useSignal(false);
  const save = (kind: 'json' | 'html') => () =>
    void task.run(() => saveOwnData(kind, t.exportName));
  return (
    <>
      <Panel title={t.exportTitle} lead={t.exportLead}>
        <ProblemNotice problem={task.problem.value} />
        <div class="form-actions">
          <Button busy={task.busy.value} onClick={save('html')}>
            {t.exportHtml}
          </Button>
          <Button busy={task.busy.value} onClick={save('json')}>
            {t.exportJson}
          </Button>
        </div>
      </Panel>
      <Panel title={t.deleteTitle} lead={t.deleteLead} tone="danger">
        <div class="two">
          <Facts
            title={t.deleteGoes}
            facts={[t.deleteGoesProfile, t.deleteGoesDevices, t.deleteGoesMember, t.deleteGoesKey]}
          />
          <Facts title={t.deleteStays} facts={[t.deleteStaysLog, t.deleteStaysCertificate]} />
        </div>
        <div class="form-actions">
          <Button
            kind="danger"
            onClick={() => {
              deleting.value = true;
            }}
          >
            {t.deleteOpen}
          </Button>
        </div>
      </Panel>
      {deleting.value && (
        <DeleteAccountDialog
          onClose={() => {
            deleting.value = false;
          }}
        />
      )}
    </>
  );
}

const Facts = ({ title, facts }: { title: string; facts: readonly string[] }) => (
  <div>
    <h3>{title}</h3>
    <ul class="facts">
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  </div>
);
