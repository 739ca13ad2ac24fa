import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReviewDetail } from '../api/adminViews';
import { mayManage, type Workspace } from '../api/types';
import { ReviewLines } from '../features/reviews/ReviewLines';
import { ReviewResult } from '../features/reviews/ReviewResult';
import { completeReview, countOf, readReview } from '../features/reviews/reviews';
import { locale, text } from '../i18n';
import { adminText } from '../i18n/admin';
import { formatDay } from '../i18n/format';
import { paths } from '../paths';
import { Button } from '../ui/Button';
import { Confirm } from '../ui/Confirm';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { toast } from '../ui/Toast';
import { useTask } from '../ui/useTask';
import { AdminFrame } from './AdminFrame';

export function ReviewPage({ workspace, reviewId }: { workspace: Workspace; reviewId: string }) {
  const t = text.value;
  const a = adminText.value;
  const review = useSignal<ReviewDetail | null>(null);
  const completing = useSignal(false);
  const task = useTask();
  const read = async () => {
    review.value = await readReview(workspace.id, reviewId);
  };
  useEffect(() => {
    if (mayManage(workspace.role)) void task.run(read);
  }, [workspace.id, reviewId]);
  const found = review.value;
  const decided = found?.items.filter(({ decision }) => decision).length ?? 0;
  const total = found?.items.length ?? 0;
  return (
    <AdminFrame workspace={workspace} title={found?.title ?? a.review}>
      <p>
        <a href={paths.reviews(workspace.id)}>{a.reviewsAll}</a>
      </p>
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void task.run(read)}>
          {t.retry}
        </Button>
      </ProblemNotice>
      {!found && !task.problem.value && <Skeleton label={t.loading} rows={5} />}
      {found?.state === 'completed' && <ReviewResult workspace={workspace} review={found} />}
      {found?.state === 'open' && (
        <>
          <p class="quiet">{a.reviewLead(formatDay(locale.value, found.due_at))}</p>
          <ReviewLines
            workspace={workspace}
            review={found}
            onDecided={(items) => {
              review.value = { ...found, items };
            }}
          />
          <div class="save-bar">
            <p role="status">
              {a.reviewDecided(decided, total)}{' '}
              <progress value={decided} max={Math.max(total, 1)} aria-label={a.reviewProgress} />
            </p>
            <Button
              id="review-done"
              kind="primary"
              disabled={decided < total}
              onClick={() => void (completing.value = true)}
            >
              {a.reviewComplete}
            </Button>
          </div>
        </>
      )}
      {found && completing.value && (
        <Confirm
          title={a.reviewComplete}
          lead={a.reviewCompleteLead}
          act={a.reviewCompleteDo}
          danger={countOf(found.items, 'remove') > 0}
          onAct={async () => {
            await completeReview(workspace.id, reviewId);
            await read();
            toast(adminText.value.reviewCompletedToast);
          }}
          onClose={() => {
            completing.value = false;
          }}
        >
          <p>
            {a.reviewCountWords(
              countOf(found.items, 'keep'),
              countOf(found.items, 'change'),
              countOf(found.items, 'remove'),
            )}
          </p>
        </Confirm>
      )}
    </AdminFrame>
  );
}
