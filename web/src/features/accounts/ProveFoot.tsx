import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { paths } from '../../paths';
import { go } from '../../router';
import { signOut, strongerWanted } from './session';

/** The way out: another workspace where only one demands more, or signing out. */
export const ProveFoot = ({ email }: { email: string }) => (
  <p class="card-foot">
    {strongerWanted.value && (
      <>
        <button
          type="button"
          class="link"
          onClick={() => {
            strongerWanted.value = false;
            go(paths.workspaces, { replace: true });
          }}
        >
          {accountText.value.otherWorkspace}
        </button>
        <br />
      </>
    )}
    {text.value.signedInAs(email)}{' '}
    <button type="button" class="link" onClick={() => void signOut()}>
      {text.value.signOut}
    </button>
  </p>
);
