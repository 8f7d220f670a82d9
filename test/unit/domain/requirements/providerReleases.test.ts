import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRelease } from '../../../../src/domain/requirements/providerReleases.js';

describe('the provider’s release for an Airflow', () => {
  it.each([
    ['2.6.3', '3.8', '6.2.0'],
    ['2.6.3', undefined, '6.2.0'],
    ['2.10.5', '3.12', '12.0.0'],
    ['3.3.2', '3.12', '15.1.0'],
  ])('is the measured one where there is one: %s on Python %s', (airflow, python, release) => {
    const chosen = chooseRelease(airflow, python);
    expect(chosen).toMatchObject({ release });
    expect(chosen?.why).toBe(`${release} was measured with Airflow ${airflow}`);
  });

  it.each([
    ['2.4.3', '3.8', '7.0.0'],
    ['2.4.3', '3.7', '6.1.1'],
    ['2.4.3', undefined, '6.1.1'],
    ['2.5.1', '3.8', '8.3.0'],
    // The measured one takes no Python 3.7.
    ['2.6.3', '3.7', '6.1.1'],
    ['2.6.1', '3.8', '10.0.0'],
    ['2.7.0', '3.11', '10.3.0'],
    ['2.8.4', '3.8', '10.5.1'],
    ['2.8.4', '3.11', '11.1.0'],
    ['2.9.3', '3.12', '12.3.1'],
    ['2.10.4', '3.12', '12.8.1'],
    ['2.10.4', '3.9', '12.4.1'],
    ['2.10.4', undefined, '10.5.1'],
    ['2.11.0', '3.12', '15.1.0'],
    ['3.0.0', '3.9', '12.4.1'],
    ['4.0', '3.14', '15.1.0'],
    ['2.2.4', '3.8', '4.3.0'],
  ])(
    'is otherwise the newest that %s on Python %s allows, and says that nobody measured it',
    (airflow, python, release) => {
      const chosen = chooseRelease(airflow, python);
      expect(chosen?.release).toBe(release);
      expect(chosen?.why).toContain('not measured');
    },
  );

  it.each([undefined, '', 'latest', '1.10.14', '2.1.4'])('is not known for %s', (airflow) => {
    expect(chooseRelease(airflow, '3.8')).toBeUndefined();
  });

  it('is chosen for every version that anybody may write', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (airflow, python) => void chooseRelease(airflow, python)),
    );
  });
});
