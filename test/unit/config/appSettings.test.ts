import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { APP_SETTINGS, readAppSettings } from '../../../src/config/appSettings.js';

describe('app settings', () => {
  it('are checked', () => {
    expect(readAppSettings({})).toEqual({ settings: { httpAuth: 'functionKey' }, problems: [] });
    expect(
      readAppSettings({ AIRLOCK_HTTP_AUTH: 'appService', WEBSITE_AUTH_ENABLED: 'True' }).problems,
    ).toEqual([]);
    expect(readAppSettings({ AIRLOCK_HTTP_AUTH: 'appService' }).problems).toHaveLength(1);
    expect(readAppSettings({ AIRLOCK_HTTP_AUTH: 'none' }).problems).toHaveLength(1);
    for (const name of ['AIRLOCK_IDENTITY_CLIENT_ID', 'AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID'])
      expect(readAppSettings({ [name]: 'my-identity' }).problems).toMatchObject([{ source: name }]);
  });

  it('stand in the sample as in the table', () => {
    const { Values } = JSON.parse(readFileSync(projectFile('local.settings.sample.json'), 'utf8')) as {
      Values: Record<string, string>;
    };
    const wanted = APP_SETTINGS.filter(({ sample }) => sample !== undefined).map(({ name, sample }) => [
      name,
      sample,
    ]);

    expect(Values).toEqual(Object.fromEntries(wanted));
  });
});
