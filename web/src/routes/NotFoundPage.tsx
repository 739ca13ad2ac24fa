import { text } from '../i18n';
import { paths } from '../paths';
import { PageTitle } from '../ui/Page';
import { PublicFrame } from './PublicFrame';

export const NotFoundPage = () => (
  <PublicFrame>
    <section class="card">
      <PageTitle title={text.value.pageNotFound} />
      <p class="lead">{text.value.pageNotFoundDetail}</p>
      <a class="button button-primary" href={paths.home}>
        {text.value.toStart}
      </a>
    </section>
  </PublicFrame>
);
