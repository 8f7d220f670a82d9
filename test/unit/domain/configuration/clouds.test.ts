import { describe, expect, it } from 'vitest';
import { CLOUDS, judgeVaultUrl, mayReceiveToken } from '../../../../src/domain/configuration/clouds.js';
import { signIn } from '../../../../src/runtimes/data-factory/signIn.js';

describe('the URL of a vault', () => {
  it.each([
    ['https://contoso-airflow.vault.azure.net', 'public'],
    ['https://CONTOSO-airflow.vault.azure.net/', 'public'],
    ['https://contoso-airflow.vault.usgovcloudapi.net', 'usGovernment'],
    ['https://contoso-airflow.vault.azure.cn', 'china'],
  ] as const)('is good: %s', (url, cloud) => {
    expect(judgeVaultUrl(url, CLOUDS[cloud])).toMatchObject({ ok: true, name: 'contoso-airflow' });
  });

  it.each([
    ['contoso-airflow', 'not a URL'],
    ['http://contoso.vault.azure.net', 'https'],
    ['https://contoso.managedhsm.azure.net', 'managed HSM'],
    ['https://contoso.vault.azure.cn', 'Azure China'],
    ['https://contoso.vault.azure.net:8443', 'port'],
    ['https://contoso.vault.azure.net/secrets/x', 'end after the host'],
    ['https://contoso.vault.azure.net?x=1', 'end after the host'],
    ['https://me:pw@contoso.vault.azure.net', 'password'],
    ['https://contoso.vault.azure.net.evil.example', 'does not end'],
    ['https://a.b.vault.azure.net', "not a vault's name"],
    ['https://x.vault.azure.net', "not a vault's name"],
  ])('is bad: %s', (url, why) => {
    const judged = judgeVaultUrl(url, CLOUDS.public);

    expect(judged.ok).toBe(false);
    expect(judged.ok ? '' : judged.why).toContain(why);
  });
});

describe('where a token may go', () => {
  const host = 'x1.westeurope.airflow.svc.datafactory.azure.com';

  it.each([
    [`https://${host}/login/`, undefined, true],
    [`http://${host}/`, undefined, false],
    [`https://${host}:8443/`, undefined, false],
    [`https://${host}.evil.example/`, undefined, false],
    ['https://evilairflow.svc.datafactory.azure.com', undefined, false],
    [`https://${host}@evil.example/`, undefined, false],
    [`https://user:pw@${host}/`, undefined, false],
    ['https://airflow.contoso.example/', undefined, false],
    ['https://airflow.contoso.example/login', 'https://airflow.contoso.example', true],
    ['https://airflow.contoso.example:8443/', 'https://airflow.contoso.example', false],
    ['http://airflow.contoso.example/', 'http://airflow.contoso.example', false],
    ['https://sub.airflow.contoso.example/', 'https://airflow.contoso.example', false],
    ['not a url', undefined, false],
  ])('%s, trusting %s: %s', (url, trusted, may) => {
    expect(mayReceiveToken(url, signIn(CLOUDS.public).hosts, trusted)).toBe(may);
  });
});
