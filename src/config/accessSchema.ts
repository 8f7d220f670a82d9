/** How access is checked, as the configuration file says it. */
import * as z from 'zod';
import { CHECK_DAG_ID } from '../domain/proof/checkAnswer.js';
import { KINDS } from '../runtimes/kinds.js';
import { secretReference } from './fields.js';
import { ofAnyKind } from './kindSchemas.js';

const challenge = z.strictObject({
  kind: z.literal('challenge').describe('The check DAG answers a challenge: the strong proof.'),
  dagId: z.string().min(1).max(200).default(CHECK_DAG_ID).describe('DAG id of the check DAG.'),
  canary: z
    .string()
    .regex(/^(?!.*--)[0-9A-Za-z_-]{1,80}$/, 'may hold letters, digits, _ and single dashes')
    .default('airlock-canary')
    .describe('Airflow variable name of the canary.'),
});

const proof = z.discriminatedUnion('kind', [
  challenge,
  z.strictObject({
    kind: z.literal('dag').describe("A DAG of your own: its run's success is the proof, a weaker one."),
    dagId: z.string().min(1).max(200).describe('DAG id.'),
  }),
]);

const entra = z.strictObject({
  kind: z.literal('entra').describe("A token of the app's identity."),
  scope: z
    .string()
    .min(1)
    .max(200)
    .exactOptional()
    .describe(
      `${KINDS.all.map(({ configuration }) => configuration.scope).join('; ')}; the preflight says which one a runtime accepts.`,
    ),
  acceptScope: z
    .string()
    .exactOptional()
    .describe(
      'Repeats a scope for Resource Manager, Graph or Key Vault, whose token Airflow would then see.',
    ),
});

const login = z.discriminatedUnion('kind', [
  entra,
  z.strictObject({
    kind: z.literal('password').describe('Basic authentication; on Airflow 3 a token for it.'),
    userName: z.string().min(1).max(200),
    password: secretReference,
  }),
]);

export const access = z.strictObject({
  proof: proof.default(challenge.parse({ kind: 'challenge' })),
  login: login.default(entra.parse({ kind: 'entra' })),
  proveEveryHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('How old the proof of a runtime may be before the next sweep has it checked again. Hours.'),
  trustedOrigin: z
    .string()
    .regex(/^https:\/\/[^/\s]+$/, 'must be https:// and a host, nothing after')
    .exactOptional()
    .describe("Origin of an Airflow web server that is not one of the cloud's own hosts."),
  importDags: ofAnyKind(({ configuration }) => configuration.dagSource)
    .exactOptional()
    .describe('Import this folder before the check.'),
});
