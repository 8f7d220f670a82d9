/** App settings that the deployment makes (infra/modules/functionApp.bicep) and that change what the app costs. */
import { PRINCIPALS } from '../local/sample/names.js';

/** The app knows its own identity, and so which events tell of its own writes. */
export const AS_DEPLOYED = { AIRLOCK_IDENTITY_CLIENT_ID: PRINCIPALS.app };
