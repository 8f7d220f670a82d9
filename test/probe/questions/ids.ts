/** Which instance ids are taken. */
import { type Answer, questions } from '../question.js';

const SUFFIXES: Readonly<Record<string, string>> = {
  slash: 'a/b',
  encodedSlash: 'a%2Fb',
  backslash: 'a\\b',
  blank: 'a b',
  hash: 'a#b',
  beyondAscii: 'é',
  dot: '.',
  capital: 'A',
  hundredAndMore: 'x'.repeat(101),
};

export const IDS = questions('ids', {
  'what startNew makes of them': async (host) => {
    const answers: Record<string, Answer> = {};
    const given = { ...SUFFIXES, leadingAt: '' };
    for (const [name, suffix] of Object.entries(given)) {
      const id = `${name === 'leadingAt' ? '@' : ''}${host.id(name)}${suffix}`;
      const answer = await host.client('startNew', 'own', { instanceId: id });
      answers[name] = answer.ok
        ? answer.value === id
          ? 'as given'
          : String(answer.value).replaceAll(host.id(name), '<id>')
        : (/status code: (\d+)/.exec(answer.message)?.[1] ?? answer.message);
    }
    return answers;
  },
});
