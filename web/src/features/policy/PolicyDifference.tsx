import type { PolicyBody, PolicyPreview, PolicyView } from '../../api/adminViews';
import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { Button } from '../../ui/Button';
import { DataTable } from '../../ui/DataTable';
import { Dialog } from '../../ui/Dialog';
import { Notice, ProblemNotice } from '../../ui/Notice';
import { useTask } from '../../ui/useTask';
import { fieldName, savePolicy, valueName } from './policy';

interface Props {
  workspace: string;
  policy: PolicyBody;
  version: number;
  preview: PolicyPreview;
  onSaved: (after: PolicyView) => void;
  onStale: () => void;
  onClose: () => void;
}

/** What would change, what to think about, and only then the button that saves. */
export function PolicyDifference(props: Props) {
  const { workspace, policy, version, preview, onSaved, onStale, onClose } = props;
  const t = text.value;
  const a = adminText.value;
  const task = useTask();
  const { changes, warnings, locks_you_out } = preview;
  const stale = task.problem.value?.slug === 'changed-meanwhile';
  const save = () =>
    void task.run(async () => {
      onSaved(await savePolicy(workspace, policy, version));
    });
  return (
    <Dialog title={a.differenceTitle} lead={a.differenceLead} onClose={onClose}>
      <div class="stack">
        <ProblemNotice problem={task.problem.value}>
          {stale && (
            <Button small onClick={onStale}>
              {a.readAgain}
            </Button>
          )}
        </ProblemNotice>
        {changes.length === 0 ? (
          <p>{a.differenceNone}</p>
        ) : (
          <DataTable
            caption={a.differenceTitle}
            rows={changes}
            keyOf={({ field }) => field}
            columns={[
              { label: a.differenceField, cell: ({ field }) => fieldName(field, a) },
              {
                label: a.before,
                cell: ({ field, before }) => <del>{valueName(field, before, a)}</del>,
              },
              {
                label: a.after,
                cell: ({ field, after }) => <ins>{valueName(field, after, a)}</ins>,
              },
            ]}
          />
        )}
        {warnings.length > 0 && (
          <ul class="warnings" aria-label={a.warnings}>
            {warnings.map(({ field, detail }) => (
              <li key={`${field} ${detail}`}>{detail}</li>
            ))}
          </ul>
        )}
        {locks_you_out && <Notice title={a.locksOut} detail={a.locksOutDo} />}
        <div class="dialog-actions">
          <Button onClick={onClose}>{a.differenceBack}</Button>
          <Button
            kind="primary"
            busy={task.busy.value}
            disabled={locks_you_out || changes.length === 0 || stale}
            onClick={save}
          >
            {t.save}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
