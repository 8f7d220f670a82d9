/** Puts to the local host the questions that the real extension has answered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedAnswers } from '../../probe/answers.js';
import { askAlone, askOne } from '../../probe/ask.js';
import { localProbe } from '../../probe/local.js';
import { OF_THE_FUNCTIONS_HOST } from '../../probe/ofTheFunctionsHost.js';
import { QUESTIONS } from '../../probe/questions/index.js';
import { STRICTER } from '../../probe/stricter.js';

const { answers } = recordedAnswers('3.19.0');
const names = QUESTIONS.map(({ name }) => name);
const shared = localProbe(false);

beforeAll(() => shared.start({}));
afterAll(() => shared.stop());

describe.each(['3.19.0', '3.14.1'] as const)('the answers recorded of %s', (version) => {
  it('are those to the questions', () => {
    expect(Object.keys(recordedAnswers(version).answers)).toEqual(names);
  });
});

describe('the local host, as the real extension', () => {
  const stricter = new Map(STRICTER.map((one) => [one.question, one]));

  it.each(QUESTIONS)('$name', async (question) => {
    const asked = question.ownHost
      ? await askAlone(question, localProbe())
      : await askOne(question, shared, 'asked');
    expect(asked).toEqual({ answer: stricter.get(question.name)?.answer ?? answers[question.name] });
  });

  it.each(STRICTER)('is stricter on purpose: $question', ({ question, answer }) => {
    expect(names).toContain(question);
    expect(answer).not.toEqual(answers[question]);
  });
});

describe('the local host, as the documentation of the Functions host', () => {
  it.each(OF_THE_FUNCTIONS_HOST)('$name', async (question) => {
    expect(await askOne(question, shared, 'asked')).toEqual({ answer: question.documented });
  });
});
