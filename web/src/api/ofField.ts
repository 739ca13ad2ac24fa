import { locale } from '../i18n';
import { ApiProblem } from './problem';

/** Puts a refusal of the only thing that was typed beside the field where it was typed. */
export async function ofField<T>(field: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 422) throw error;
    if (Object.keys(error.fields).length > 0) throw error;
    const { slug, status, title, detail, requestId } = error;
    const words = [title, detail].filter(Boolean).join(locale.value === 'ja' ? '。' : '. ');
    throw new ApiProblem(slug, status, title, detail, requestId, { [field]: words });
  }
}
