import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { ReviewView } from '../../api/adminViews';
import { adminText } from '../../i18n/admin';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { dayAfter, startReview } from './reviews';

const USUAL_DAYS = 14;
const MOST_DAYS = 364;

interface Props {
  workspace: string;
  onStarted: (review: ReviewView) => void;
  onClose: () => void;
}

export function StartReviewDialog({ workspace, onStarted, onClose }: Props) {
  const a = adminText.value;
  const id = useId();
  const title = useSignal('');
  const due = useSignal(dayAfter(USUAL_DAYS));
  return (
    <Confirm
      title={a.reviewStart}
      lead={a.reviewStartLead}
      act={a.reviewStartDo}
      fields={['title', 'due_at']}
      onAct={async () => onStarted(await startReview(workspace, title.value.trim(), due.value))}
      onClose={onClose}
    >
      {(task) => (
        <>
          <Field
            label={a.reviewTitle}
            hint={a.reviewTitleHint}
            value={title}
            error={task.problem.value?.fields.title}
            maxLength={64}
            autocomplete="off"
            required
          />
          <div class="field">
            <label for={id}>{a.reviewDue}</label>
            <input
              id={id}
              type="date"
              required
              min={dayAfter(0)}
              max={dayAfter(MOST_DAYS)}
              value={due.value}
              aria-invalid={task.problem.value?.fields.due_at ? true : undefined}
              onChange={(event) => {
                due.value = event.currentTarget.value || dayAfter(USUAL_DAYS);
              }}
            />
            {task.problem.value?.fields.due_at && (
              <p class="field-error">{task.problem.value.fields.due_at}</p>
            )}
          </div>
        </>
      )}
    </Confirm>
  );
}
