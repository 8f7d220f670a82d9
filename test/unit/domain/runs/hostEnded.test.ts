import { describe, expect, it } from 'vitest';
import { hostEnded, hostText, partEnded } from '../../../../src/domain/runs/hostEnded.js';

describe('what the host says of an end', () => {
  it.each([
    {
      label: 'as it is',
      said: 'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task',
      shown:
        'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task',
    },
    {
      label: 'without the details that follow',
      said: `Orchestrator function 'retryActivity' failed: One or more errors occurred. (Did not find any initialized language workers) \n Message: One or more`,
      shown:
        "Orchestrator function 'retryActivity' failed: One or more errors occurred. (Did not find any initialized language workers)",
    },
    {
      label: 'without a stack',
      said: "Orchestrator function 'x' failed: no, StackTrace: at f (/home/site/wwwroot/main.js:1:2)",
      shown: "Orchestrator function 'x' failed: no,",
    },
    {
      label: 'without a stack in the same line',
      said: 'TypeError: x is not a function    at runtimeRun (file:///home/site/main.js:1:2)',
      shown: 'TypeError: x is not a function',
    },
    {
      label: 'without what may be a secret',
      said: 'Entra refused x8Q~9fLbT4wZr0Kp2NsVy7Ud3GmHc6JaEoXi1QvB',
      shown: 'Entra refused (redacted)',
    },
    {
      label: 'with ids of runs and of keys',
      said: 'rq-0123456789abcdef0123456789abcdef-1 of 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215',
      shown: 'rq-0123456789abcdef0123456789abcdef-1 of 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215',
    },
    { label: 'as unknown where it is nothing', said: null, shown: 'no reason was given' },
    { label: 'as unknown where it is no text', said: { $type: 'x' }, shown: 'no reason was given' },
  ])('is shown $label', ({ said, shown }) => {
    expect(hostText(said)).toBe(shown);
  });

  it('is cut where it is long', () => {
    expect(hostText('word '.repeat(500)).length).toBeLessThanOrEqual(300);
  });

  it('is no defect of the app, and says what to do', () => {
    for (const problem of [hostEnded('gone'), partEnded('checkAccess', 'gone')]) {
      expect(problem.code).toBe('hostEnded');
      expect(problem.message).toContain('gone');
      expect(problem.remedy).toMatch(/start the run again/i);
    }
  });
});
