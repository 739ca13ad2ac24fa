import type {
  Decision,
  ListOf,
  ReviewDetail,
  ReviewLine,
  ReviewResult,
  ReviewView,
} from '../../api/adminViews';
import { ask, download, within } from '../../api/ask';
import type { Role } from '../../api/types';

const REVIEWS = 'access-reviews';

export async function readReviews(workspace: string): Promise<readonly ReviewView[]> {
  const found: ReviewView[] = [];
  let cursor: string | null = null;
  do {
    const page: ListOf<ReviewView> = await ask('GET', within(workspace, REVIEWS), {
      query: { cursor },
    });
    found.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor !== null);
  return found.sort((one, other) => other.started_at.localeCompare(one.started_at));
}

export const startReview = (
  workspace: string,
  title: string,
  dueDay: string,
): Promise<ReviewView> =>
  ask('POST', within(workspace, REVIEWS), { body: { title, due_at: endOf(dueDay) } });

export const readReview = (workspace: string, review: string): Promise<ReviewDetail> =>
  ask('GET', within(workspace, REVIEWS, review));

export interface Verdict {
  readonly decision: Decision;
  readonly new_role?: Role;
  readonly note?: string;
}

export const decide = (
  workspace: string,
  review: string,
  user: string,
  verdict: Verdict,
): Promise<void> =>
  ask('PUT', within(workspace, REVIEWS, review, 'decisions', user), { body: verdict });

export const completeReview = (workspace: string, review: string): Promise<unknown> =>
  ask('POST', within(workspace, REVIEWS, review, 'completion'));

export const readResult = (workspace: string, review: string): Promise<ReviewResult> =>
  ask('GET', within(workspace, REVIEWS, review, 'result'));

export const exportResult = (workspace: string, review: string): Promise<void> =>
  download(within(workspace, REVIEWS, review, 'result.csv'), {}, 'access-review.csv');

/** A day as a date field has it. */
export const dayAfter = (days: number, now = new Date()): string => {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (figure: number) => String(figure).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
};

/** The last second of a day where the reader is. */
export function endOf(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date, 23, 59, 59).toISOString();
}

/** The lines with one decided. */
export const decided = (
  lines: readonly ReviewLine[],
  user: string,
  verdict: Verdict,
): readonly ReviewLine[] =>
  lines.map((line) =>
    line.user_id === user
      ? {
          ...line,
          decision: verdict.decision,
          new_role: verdict.new_role ?? null,
          note: verdict.note ?? null,
        }
      : line,
  );

/** Whom to look at after somebody: the next without a decision, from there round the list. */
export function nextOpen(lines: readonly ReviewLine[], after: string): string | null {
  const at = lines.findIndex(({ user_id }) => user_id === after);
  const round = [...lines.slice(at + 1), ...lines.slice(0, Math.max(at, 0))];
  return round.find(({ decision }) => !decision)?.user_id ?? null;
}

export const countOf = (lines: readonly ReviewLine[], decision: Decision): number =>
  lines.filter((line) => line.decision === decision).length;
