/** The app of the year: three profiles, a credential that it mints itself and one that somebody else writes. */
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  FACTORY,
  OPERATOR_VAULT,
  PRINCIPALS,
  RESOURCE_GROUP,
  SUBSCRIPTION,
  TENANT,
  TOPIC_HOST,
  vaultHost,
} from '../../../local/sample/names.js';

/** The application of the credential that somebody else writes, and its secret. */
export const EXTERNAL = { clientId: '5f0c2a86-7d41-4f0e-9b6c-3d8e1a72c4b9', secret: 'airflow-ext' } as const;
export const MINTED = { clientId: PRINCIPALS.airflow, secret: CREDENTIAL_SECRET } as const;

export const VALIDITY_DAYS = 90;
const APPROVAL_HOURS = 72;

/** Which of the fleet a runtime belongs to, by the beginning of its name. */
export const PREFIXES = { minted: 'app', windowed: 'night', external: 'ext' } as const;

const profile = (name: string, prefix: string, credential: string, more: string) => `  - name: ${name}
    runtimes:
      - { subscription: ${SUBSCRIPTION}, resourceGroup: ${RESOURCE_GROUP}, factory: ${FACTORY}, name: "${prefix}-*" }
    vault: https://${vaultHost(AIRFLOW_VAULT)}
    credential: ${credential}
${more}`;

const credential = (name: string, clientId: string, rotation: string) => `  ${name}:
    tenantId: ${TENANT}
    clientId: ${clientId}
    secret: { vault: "https://${vaultHost(OPERATOR_VAULT)}", name: ${name} }
    rotation: { ${rotation} }
`;

export const YEAR_CONFIG = `version: 1
events: { topic: "https://${TOPIC_HOST}/api/events" }
credentials:
${credential(MINTED.secret, MINTED.clientId, `strategy: graph, validityDays: ${VALIDITY_DAYS}, approval: { before: pilot, deadlineHours: ${APPROVAL_HOURS}, otherwise: stop }`)}${credential(EXTERNAL.secret, EXTERNAL.clientId, 'strategy: external')}profiles:
${profile('day', PREFIXES.minted, MINTED.secret, '')}${profile(
  'night',
  PREFIXES.windowed,
  MINTED.secret,
  '    maintenance: { windows: [{ days: [sat], start: "22:00", end: "04:00", timeZone: UTC }] }\n',
)}${profile('external', PREFIXES.external, EXTERNAL.secret, '')}`;
