import { useSignal } from '@preact/signals';
import type { PolicyPreview, PolicyView } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { adminText } from '../../i18n/admin';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Switch } from '../../ui/Switch';
import { TextArea } from '../../ui/TextArea';
import { useTask } from '../../ui/useTask';
import { PolicyDifference } from './PolicyDifference';
import { draftOf, type PolicyDraft, policyOf, previewPolicy, same } from './policy';

interface Props {
  workspace: Workspace;
  view: PolicyView;
  onSaved: (after: PolicyView) => void;
  /** Somebody else saved in between: the page shows theirs. */
  onStale: () => void;
}

const SWITCHES = ['everybody', 'emailToken', 'guests', 'dtls12'] as const;

/** The policy as a form. Saving goes through the difference, never past it. */
export function PolicyForm({ workspace, view, onSaved, onStale }: Props) {
  const a = adminText.value;
  const first = draftOf(view.policy);
  const flags = useSignal(
    Object.fromEntries(SWITCHES.map((name) => [name, first[name]])) as Pick<
      PolicyDraft,
      (typeof SWITCHES)[number]
    >,
  );
  const memberIdle = useSignal(first.memberIdle);
  const memberAbsolute = useSignal(first.memberAbsolute);
  const managerIdle = useSignal(first.managerIdle);
  const managerAbsolute = useSignal(first.managerAbsolute);
  const networks = useSignal(first.networks);
  const domains = useSignal(first.domains);
  const preview = useSignal<PolicyPreview | null>(null);
  const asked = useSignal(false);
  const task = useTask();

  const draft: PolicyDraft = {
    ...flags.value,
    memberIdle: memberIdle.value,
    memberAbsolute: memberAbsolute.value,
    managerIdle: managerIdle.value,
    managerAbsolute: managerAbsolute.value,
    networks: networks.value,
    domains: domains.value,
  };
  const unchanged = same(draft, first);
  const read = policyOf(draft);
  const refusals = task.problem.value?.fields ?? {};
  const refusal = (field: string) => {
    const at = Object.keys(refusals).find(
      (name) => name.replace(/^policy\./, '').split('[')[0] === field,
    );
    return at && refusals[at];
  };
  const wrong = (name: keyof PolicyDraft) =>
    asked.value && read.wrong?.includes(name) ? a.wholeNumber : undefined;
  const flip = (name: (typeof SWITCHES)[number]) => (on: boolean) => {
    flags.value = { ...flags.value, [name]: on };
  };
  const figure = (
    name: keyof PolicyDraft,
    field: string,
    label: string,
    value: typeof memberIdle,
  ) => (
    <Field
      label={label}
      value={value}
      error={wrong(name) ?? refusal(field)}
      inputMode="numeric"
      maxLength={5}
      autocomplete="off"
      required
    />
  );
  return (
    <Form
      task={task}
      fields={Object.keys(refusals)}
      onSubmit={async () => {
        asked.value = true;
        if (read.policy === null) return;
        preview.value = await previewPolicy(workspace.id, read.policy);
      }}
    >
      <fieldset class="panel">
        <legend>{a.policySignIn}</legend>
        <Switch
          label={a.policyEverybody}
          hint={a.policyEverybodyHint}
          on={draft.everybody}
          onSwitch={flip('everybody')}
        />
        <Switch
          label={a.policyEmailToken}
          hint={a.policyEmailTokenHint}
          on={draft.emailToken}
          onSwitch={flip('emailToken')}
        />
      </fieldset>
      <fieldset class="panel">
        <legend>{a.policySessions}</legend>
        <p class="quiet">{a.policySessionsHint}</p>
        <div class="pair">
          {figure('memberIdle', 'member_session.idle_hours', a.policyMemberIdle, memberIdle)}
          {figure(
            'memberAbsolute',
            'member_session.absolute_days',
            a.policyMemberAbsolute,
            memberAbsolute,
          )}
          {figure('managerIdle', 'manager_session.idle_hours', a.policyManagerIdle, managerIdle)}
          {figure(
            'managerAbsolute',
            'manager_session.absolute_days',
            a.policyManagerAbsolute,
            managerAbsolute,
          )}
        </div>
      </fieldset>
      <fieldset class="panel">
        <legend>{a.policyWhere}</legend>
        <TextArea
          label={a.policyNetworks}
          hint={a.policyNetworksHint}
          value={networks}
          error={refusal('allowed_networks')}
        />
      </fieldset>
      <fieldset class="panel">
        <legend>{a.policyWho}</legend>
        <TextArea
          label={a.policyDomains}
          hint={a.policyDomainsHint}
          value={domains}
          error={refusal('invitation_domains')}
        />
        <Switch
          label={a.policyGuests}
          hint={a.policyGuestsHint}
          on={draft.guests}
          onSwitch={flip('guests')}
        />
      </fieldset>
      <fieldset class="panel">
        <legend>{a.policyMedia}</legend>
        <Switch
          label={a.policyDtls12}
          hint={a.policyDtls12Hint}
          on={draft.dtls12}
          onSwitch={flip('dtls12')}
        />
      </fieldset>
      <div class="save-bar">
        <p class="quiet" role="status">
          {unchanged ? a.policyUnchanged : a.policyChanged}
        </p>
        <Button kind="primary" type="submit" busy={task.busy.value} disabled={unchanged}>
          {a.policyShowDifference}
        </Button>
      </div>
      {preview.value && read.policy && (
        <PolicyDifference
          workspace={workspace.id}
          policy={read.policy}
          version={view.version}
          preview={preview.value}
          onSaved={onSaved}
          onStale={onStale}
          onClose={() => {
            preview.value = null;
          }}
        />
      )}
    </Form>
  );
}
