import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { locale, text } from '../../i18n';
import { CopyButton } from '../../ui/CopyButton';
import { Dialog } from '../../ui/Dialog';
import { type ConnectionFacts, nothingKnown } from '../../voice/facts';
import { attempt, facts } from '../../voice/voice';

const REFRESH_MS = 1000;

/** What was negotiated and how the line is, for those who want to know or must report it. */
export function ConnectionDialog({ onClose }: { onClose: () => void }) {
  const t = text.value;
  const known = useSignal<ConnectionFacts>(nothingKnown);
  useEffect(() => {
    const read = () =>
      facts()
        .then((now) => {
          known.value = now;
        })
        .catch(() => {});
    void read();
    const timer = setInterval(read, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const now = known.value;
  const percent = new Intl.NumberFormat(locale.value, {
    style: 'percent',
    maximumFractionDigits: 1,
  });
  const number = new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 });
  const rows: Array<[string, string | null]> = [
    [t.detailsDtls, now.dtls],
    [t.detailsCipher, now.cipher],
    [t.detailsSrtp, now.srtp],
    [
      t.detailsRtt,
      now.roundTripMs === null ? null : t.milliseconds(number.format(now.roundTripMs)),
    ],
    [t.detailsLoss, now.loss === null ? null : percent.format(now.loss)],
    [t.detailsPath, now.path],
    [t.detailsCodec, now.codec],
  ];
  return (
    <Dialog title={t.details} lead={t.detailsLead} onClose={onClose}>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? <span class="quiet">{t.detailsUnknown}</span>}</dd>
          </div>
        ))}
        <div>
          <dt>{t.detailsDiagnostic}</dt>
          <dd>
            <CopyButton value={`KB-${attempt.value}`} label={t.copy} />
          </dd>
        </div>
      </dl>
    </Dialog>
  );
}
