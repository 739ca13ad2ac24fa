import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LinkView } from '../../api/adminViews';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatMoment } from '../../i18n/format';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { roleName } from '../members/roles';
import { readLinks, revokeLink } from './links';

/** The links that let people in, and how far each is used up. */
export function LinkList({ workspace }: { workspace: string }) {
  const t = text.value;
  const a = adminText.value;
  const found = useSignal<readonly LinkView[] | null>(null);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      found.value = await readLinks(workspace);
    });
  }, [workspace]);
  const takeBack = ({ id }: LinkView) =>
    task.run(async () => {
      await revokeLink(workspace, id);
      found.value = found.value?.filter((each) => each.id !== id) ?? null;
      toast(adminText.value.linkRevoked);
    });
  return (
    <section class="section" aria-labelledby="links">
      <h2 id="links">{a.links}</h2>
      <ProblemNotice problem={task.problem.value} />
      {found.value === null && !task.problem.value && <Skeleton label={t.loading} rows={1} />}
      {found.value?.length === 0 && <p class="quiet">{a.linksNone}</p>}
      {found.value && found.value.length > 0 && (
        <ul class="rows" aria-labelledby="links">
          {found.value.map((link) => (
            <li key={link.id}>
              <Icon name="door" />
              <span class="row-words">
                <span class="person-name">
                  {roleName(link.role, t)}
                  {link.domains.length > 0 && ` · ${link.domains.join(a.listComma)}`}
                </span>
                <span class="quiet">
                  {link.most_uses != null
                    ? a.linkUsesOf(link.uses, link.most_uses)
                    : a.linkUses(link.uses)}{' '}
                  · {a.linkUntil(formatMoment(locale.value, link.expires_at))}
                </span>
              </span>
              <Button
                small
                aria-label={a.linkRevokeFor(
                  roleName(link.role, t),
                  formatMoment(locale.value, link.expires_at),
                )}
                onClick={() => void takeBack(link)}
              >
                {t.invitationRevoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
