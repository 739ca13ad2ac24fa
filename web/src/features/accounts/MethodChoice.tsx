import type { SecondStepMethod } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Icon } from '../../ui/Icon';
import { methodWords } from './methods';

interface Props {
  methods: readonly SecondStepMethod[];
  onChoose: (method: SecondStepMethod) => void;
}

/** The ways there are, each with what it takes. */
export const MethodChoice = ({ methods, onChoose }: Props) => (
  <ul class="choices">
    {methods.map((method) => {
      const { name, hint, icon } = methodWords(method, accountText.value);
      return (
        <li key={method}>
          <button type="button" class="choice choice-method" onClick={() => onChoose(method)}>
            <Icon name={icon} />
            <span>
              <span class="choice-name">{name}</span>
              <span class="quiet">{hint}</span>
            </span>
          </button>
        </li>
      );
    })}
  </ul>
);
