import '../styles/account.css';
import type { DeletionView } from '../api/views';
import { farewell } from '../features/accounts/session';
import { text } from '../i18n';
import { accountText } from '../i18n/account';
import { paths } from '../paths';
import { go } from '../router';
import { Button } from '../ui/Button';
import { CopyButton } from '../ui/CopyButton';
import { download } from '../ui/download';
import { PageTitle } from '../ui/Page';
import { webLink } from '../ui/webLink';

/** The last page of an account: the signed proof that it is gone. */
export function FarewellPage({ certificate, statement, url }: DeletionView) {
  const t = accountText.value;
  const page = webLink(url);
  const save = () => {
    const content = JSON.stringify({ certificate, statement, url }, null, 2);
    download('koeba-deletion-certificate.json', new Blob([content], { type: 'application/json' }));
  };
  return (
    <section class="card">
      <PageTitle title={t.farewellTitle} />
      <p class="lead">{t.farewellLead}</p>
      <div class="stack">
        <h2>{t.farewellCertificate}</h2>
        <div class="certificate" tabIndex={0} role="region" aria-label={t.farewellCertificate}>
          <CopyButton value={certificate} label={text.value.copy} />
        </div>
        <Button kind="primary" onClick={save}>
          {t.farewellDownload}
        </Button>
        {page && (
          <a class="button button-plain" href={page} target="_blank" rel="noopener noreferrer">
            {t.farewellPage}
          </a>
        )}
        <Button
          kind="quiet"
          onClick={() => {
            farewell.value = null;
            go(paths.home, { replace: true });
          }}
        >
          {text.value.toStart}
        </Button>
      </div>
    </section>
  );
}
