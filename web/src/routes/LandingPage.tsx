import { text } from '../i18n';
import { paths } from '../paths';
import { Icon, type IconName } from '../ui/Icon';
import { SoundField } from '../ui/Logo';
import { PageTitle } from '../ui/Page';
import { PublicFrame } from './PublicFrame';

export function LandingPage() {
  const t = text.value;
  const points: Array<[IconName, string]> = [
    ['people', t.landingPointPresence],
    ['mic', t.landingPointClick],
    ['check', t.landingPointSecure],
  ];
  return (
    <PublicFrame wide>
      <div class="landing">
        <div class="landing-words">
          <PageTitle title={t.productTagline} />
          <p class="lead">{t.productLead}</p>
          <p class="landing-actions">
            <a class="button button-primary button-large" href={paths.signUp}>
              {t.signUp}
            </a>
            <a class="button button-plain button-large" href={paths.signIn}>
              {t.signIn}
            </a>
          </p>
          <ul class="points">
            {points.map(([icon, words]) => (
              <li key={icon}>
                <Icon name={icon} />
                {words}
              </li>
            ))}
          </ul>
        </div>
        <SoundField />
      </div>
    </PublicFrame>
  );
}
