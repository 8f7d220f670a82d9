import { describe, expect, it } from 'vitest';
import { isAirflow } from '../../../../src/runtimes/data-factory/runtimeBody.js';

describe('the type of a runtime', () => {
  it.each(['Airflow', 'airflow', 'AIRFLOW'])('%s is that of an Airflow', (type) => {
    expect(isAirflow(type)).toBe(true);
  });

  it.each(['Managed', 'SelfHosted', 'Airflow2', ''])('"%s" is not', (type) => {
    expect(isAirflow(type)).toBe(false);
  });
});
