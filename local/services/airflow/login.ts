/** Who may call an Airflow's REST API: Entra's principals where the runtime has that on, else its one user. */
import { createHmac } from 'node:crypto';
import type { ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import { DATA_FACTORY_APP_ID, RESOURCE_MANAGER_AUDIENCES } from '../entra/audiences.js';
import type { Directory, RunningAirflow } from '../types.js';
import { atLeast } from './backend.js';

const AUDIENCES = [DATA_FACTORY_APP_ID, ...RESOURCE_MANAGER_AUDIENCES];

export type Login =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'unauthenticated' | 'badToken' | 'forbidden' };

export interface LoginPeers {
  readonly directory: Directory;
  /** Whether a principal may use the Airflow of a runtime. */
  readonly isAuthorized: (clientId: string, resourceId: string) => boolean;
}

/** Checks the login of a request. */
export function logIn(request: ServiceRequest, airflow: RunningAirflow, peers: LoginPeers): Login {
  const { authorization } = request.headers;
  const newer = atLeast(airflow.airflowVersion, 3, 0);
  if (airflow.enableAADIntegration) {
    const principal = peers.directory.verify(authorization, AUDIENCES);
    if (principal !== undefined) {
      const { clientId } = principal;
      return peers.isAuthorized(clientId, airflow.resourceId)
        ? { kind: 'user', user: clientId }
        : { kind: 'forbidden' };
    }
  } else if (authorization !== undefined && authorization === expected(airflow, newer)) {
    return { kind: 'user', user: airflow.userName ?? '' };
  }
  return { kind: /^Bearer /i.test(authorization ?? '') && newer ? 'badToken' : 'unauthenticated' };
}

/** `POST /auth/token` of Airflow 3. */
export function tokenAnswer(request: ServiceRequest, airflow: RunningAirflow): ServiceResponse {
  const { userName, password } = airflow;
  const given = bodyOf(request);
  const answer = (status: number, body: object): ServiceResponse => ({
    status,
    headers: { 'content-type': 'application/json' },
    body,
  });
  const missing = ['username', 'password'].filter((field) => typeof given[field] !== 'string');
  if (missing.length > 0) {
    const complaints = missing.map((field) => `${field}\n  Field required [type=missing]`);
    return answer(422, {
      detail: `${missing.length} validation errors for LoginBody\n${complaints.join('\n')}`,
    });
  }
  const isRight = !airflow.enableAADIntegration && password !== undefined;
  if (!isRight || given['username'] !== userName || given['password'] !== password) {
    return answer(401, { detail: 'Invalid credentials' });
  }
  return answer(201, { access_token: tokenOf(airflow) });
}

function expected(airflow: RunningAirflow, newer: boolean): string | undefined {
  const { userName, password } = airflow;
  if (userName === undefined || password === undefined) return undefined;
  return newer
    ? `Bearer ${tokenOf(airflow)}`
    : `Basic ${Buffer.from(`${userName}:${password}`, 'utf8').toString('base64')}`;
}

/** The same for as long as the password is: tokens survive a restart, as they do with a fixed signing key. */
function tokenOf({ host, userName = '', password = '' }: RunningAirflow): string {
  return createHmac('sha256', password).update(`${host}\n${userName}`).digest('base64url');
}

function bodyOf({ body }: ServiceRequest): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
